import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeResolver, JSONObjectResolver } from 'graphql-scalars';
import { type AccessRule, lackOf, opens } from './access.ts';
import './access-plugin.ts';
import type { Context } from './context.ts';
import { forbidden, refusalFor, unauthenticated } from './errors.ts';
import { decodeNodeId, encodeNodeId } from './node-id.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSONObject: { Input: Record<string, unknown>; Output: Record<string, unknown> };
  };
  AuthScopes: { access: AccessRule };
  DefaultAuthStrategy: 'all';
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
}>({
  // First: what is listed first runs first, and nothing may run before a rule.
  plugins: [ScopeAuthPlugin, 'access', RelayPlugin],
  defaultFieldNullability: false,
  scopeAuth: {
    defaultStrategy: 'all',
    // An error while deciding is that error (503), never a refusal and never a way in.
    treatErrorsAsUnauthorized: false,
    authScopes: ({ token }) => ({ access: (rule: AccessRule) => opens(token, rule) }),
    unauthorizedError: (_parent, { token, config }, info) => {
      const rule = info.parentType.getFields()[info.fieldName]?.extensions.access as AccessRule;
      return token ? (refusalFor(token, lackOf(token, rule), config.issuer) ?? forbidden()) : unauthenticated(false);
    },
  },
  relay: {
    encodeGlobalID: (typename, id) => encodeNodeId(typename, String(id)),
    decodeGlobalID: decodeNodeId,
    clientMutationId: 'omit',
    cursorType: 'String',
    nodesQueryOptions: false,
    nodeQueryOptions: false,
    idFieldOptions: { description: 'Opaque and for ever: its first letters tell the type.' },
    nodeTypeOptions: { description: 'Anything that has an id.' },
    mutationInputArgOptions: { description: 'What to do.' },
    pageInfoTypeOptions: { access: 'parent', description: 'Where a page lies in its list.' },
    hasNextPageFieldOptions: { description: 'Whether the list goes on after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is something before this page.' },
    startCursorFieldOptions: { description: 'The cursor of the first edge: give it as `before`.' },
    endCursorFieldOptions: { description: 'The cursor of the last edge: give it as `after`.' },
    defaultConnectionTypeOptions: { access: 'parent' },
    defaultEdgeTypeOptions: { access: 'parent' },
    defaultPayloadTypeOptions: { access: 'parent' },
    edgesFieldOptions: { description: 'The entries of this page.', nullable: { list: false, items: false } },
    pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
    nodeFieldOptions: { description: 'The entry itself.', nullable: false },
    cursorFieldOptions: { description: 'The place of this entry in the list.' },
    firstArgOptions: { description: 'How many, from the front: 1 to 100, 20 if left out.' },
    lastArgOptions: { description: 'How many, from the end: 1 to 100.' },
    afterArgOptions: { description: 'Only what comes after this cursor.' },
    beforeArgOptions: { description: 'Only what comes before this cursor.' },
    nodesOnConnection: { description: 'The entries of this page, without their cursors.' },
  },
});

builder.addScalarType('DateTime', DateTimeResolver, { description: 'An instant, RFC 3339 in UTC.' });
builder.addScalarType('JSONObject', JSONObjectResolver, { description: 'Any JSON object.' });

builder.queryType({ description: 'What can be read. Every field says which scope opens it.' });
builder.mutationType({
  description: 'What can be changed. Every field says which scopes and which permission it takes.',
});
