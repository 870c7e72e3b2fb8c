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
import './types/set-password.ts';
import './types/token.ts';
import './types/user.ts';
import './types/user-mutations.ts';
import './types/viewer.ts';

const allOf = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString)));

const requiresScopes = new GraphQLDirective({
  name: 'requiresScopes',
  description: 'The field requires all scopes of one of these lists.',
  locations: ['FIELD_DEFINITION'],
  args: {
    scopes: {
      type: new GraphQLNonNull(new GraphQLList(allOf)),
      description: 'Alternative lists of scopes. A token with all scopes of one list may read the field.',
    },
  },
});

const authenticated = new GraphQLDirective({
  name: 'authenticated',
  description: 'The field requires a valid access token, with any scopes.',
  locations: ['FIELD_DEFINITION'],
});

const shareable = new GraphQLDirective({
  name: 'shareable',
  description: 'Other subgraphs may have this type, too.',
  locations: ['OBJECT', 'FIELD_DEFINITION'],
});

const inaccessible = new GraphQLDirective({
  name: 'inaccessible',
  description: 'A composed schema leaves this field out.',
  locations: ['FIELD_DEFINITION'],
});

const link = new GraphQLDirective({
  name: 'link',
  description: 'Names the specification that defines directives of this schema.',
  isRepeatable: true,
  locations: ['SCHEMA'],
  args: {
    url: { type: new GraphQLNonNull(GraphQLString), description: 'URL of the specification.' },
    import: {
      type: new GraphQLList(new GraphQLNonNull(GraphQLString)),
      description: 'Directives that this schema uses under their original names.',
    },
  },
});

// Without this link a federation gateway treats both directives as custom and drops them from the composed schema.
const federation = {
  url: 'https://specs.apollo.dev/federation/v2.5',
  import: ['@authenticated', '@inaccessible', '@requiresScopes', '@shareable'],
};

/** The whole API. Building it fails if a field has no access rule. */
export const schema = builder.toSchema({
  directives: [...specifiedDirectives, requiresScopes, authenticated, shareable, inaccessible, link],
  extensions: { directives: { link: federation } },
});
