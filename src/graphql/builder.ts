import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeResolver, JSONObjectResolver } from 'graphql-scalars';
import { type AccessRule, isAllowed, missingFor } from './access/access.ts';
import './access/access-plugin.ts';
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
    authorizeOnSubscribe: true,
    authScopes: ({ token }) => ({ access: (rule: AccessRule) => isAllowed(token, rule) }),
    unauthorizedError: (_parent, { token, config }, info) => {
      const rule = info.parentType.getFields()[info.fieldName]?.extensions.access as AccessRule;
      return token
        ? (refusalFor(token, missingFor(token, rule), config.issuer) ?? forbidden())
        : unauthenticated(false);
    },
  },
  relay: {
    encodeGlobalID: (typename, id) => encodeNodeId(typename, String(id)),
    decodeGlobalID: decodeNodeId,
    clientMutationId: 'omit',
    cursorType: 'String',
    nodesQueryOptions: false,
    nodeQueryOptions: false,
    idFieldOptions: {
      description:
        'Identifies it for ever. Opaque, save that its first letters tell the type; `node` finds it by this.',
    },
    nodeTypeOptions: { description: 'Anything that can be found again by its id.' },
    mutationInputArgOptions: { description: 'The fields of this mutation, as one object.' },
    pageInfoTypeOptions: {
      access: 'parent',
      description: 'Where a page lies in its list, and whether there is more on either side.',
    },
    hasNextPageFieldOptions: { description: 'Whether the list goes on after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there is something before this page.' },
    startCursorFieldOptions: {
      description:
        'The cursor of the first entry: give it as `before` for the page in front. Null if the page is empty.',
    },
    endCursorFieldOptions: {
      description: 'The cursor of the last entry: give it as `after` for the next page. Null if the page is empty.',
    },
    defaultConnectionTypeOptions: { access: 'parent' },
    defaultEdgeTypeOptions: { access: 'parent' },
    defaultPayloadTypeOptions: { access: 'parent' },
    edgesFieldOptions: { description: 'The entries of this page.', nullable: { list: false, items: false } },
    pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
    nodeFieldOptions: { description: 'What stands at this place of the list.', nullable: false },
    cursorFieldOptions: {
      description: 'The place of this entry in the list: give it as `after` or `before` to go on from here.',
    },
    firstArgOptions: {
      description: 'How many entries, counted from the front: 1 to 100; 20 if neither `first` nor `last` is given.',
    },
    lastArgOptions: { description: 'How many entries, counted from the end: 1 to 100.' },
    afterArgOptions: { description: 'Only what comes after this cursor.' },
    beforeArgOptions: { description: 'Only what comes before this cursor.' },
    nodesOnConnection: { description: 'The entries of this page, without their cursors.' },
  },
});

// No narrower scalar in an input: it would refuse the whole request where a payload says which field is wrong, and why.
builder.addScalarType('DateTime', DateTimeResolver, {
  description: 'A moment in time: RFC 3339, in UTC, to the millisecond.',
});
builder.addScalarType('JSONObject', JSONObjectResolver, {
  description: 'A JSON object with whatever members you like.',
});

builder.queryType({ description: 'What can be read. Every field says which scope opens it.' });
builder.mutationType({
  description: 'What can be changed. Every field says which scopes and which permission it takes.',
});
builder.subscriptionType({ description: 'What can be watched. Every field says which scope opens it.' });
