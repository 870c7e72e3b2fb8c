import { GraphQLDirective, GraphQLList, GraphQLNonNull, GraphQLString, specifiedDirectives } from 'graphql';
import { builder } from './builder.ts';
import './types/audit-event.ts';
import './types/client.ts';
import './types/client-mutations.ts';
import './types/group.ts';
import './types/group-mutations.ts';
import './types/node.ts';
import './types/required-scopes.ts';
import './types/revocation.ts';
import './types/scope.ts';
import './types/token.ts';
import './types/user.ts';
import './types/user-mutations.ts';
import './types/viewer.ts';

const allOf = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString)));

const requiresScopes = new GraphQLDirective({
  name: 'requiresScopes',
  description: 'The scopes that open the field: all of one of these lists.',
  locations: ['FIELD_DEFINITION'],
  args: {
    scopes: {
      type: new GraphQLNonNull(new GraphQLList(allOf)),
      description: 'Lists of scopes; whoever holds all of one list may read the field.',
    },
  },
});

const authenticated = new GraphQLDirective({
  name: 'authenticated',
  description: 'Any live token opens the field.',
  locations: ['FIELD_DEFINITION'],
});

const link = new GraphQLDirective({
  name: 'link',
  description: 'Names the specification that directives of this schema belong to.',
  isRepeatable: true,
  locations: ['SCHEMA'],
  args: {
    url: { type: new GraphQLNonNull(GraphQLString), description: 'The address of the specification.' },
    import: {
      type: new GraphQLList(new GraphQLNonNull(GraphQLString)),
      description: 'Those that go by their own names here.',
    },
  },
});

// Without it a gateway takes the two directives for ours, and drops them when it composes the schema with others.
const federation = { url: 'https://specs.apollo.dev/federation/v2.5', import: ['@authenticated', '@requiresScopes'] };

/** The whole API. Not built while a field does not say who may read it. */
export const schema = builder.toSchema({
  directives: [...specifiedDirectives, requiresScopes, authenticated, link],
  extensions: { directives: { link: federation } },
});
