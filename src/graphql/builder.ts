import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { DateTimeResolver, JSONObjectResolver } from 'graphql-scalars';
import { type AccessRule, isAllowed, missingFor } from './access/access.ts';
import './access/access-plugin.ts';
import './unselected-errors.ts';
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
  // Pothos runs plugins in this order, and access rules must be checked before anything else runs.
  plugins: [ScopeAuthPlugin, 'access', RelayPlugin, 'unselectedErrors'],
  defaultFieldNullability: false,
  scopeAuth: {
    defaultStrategy: 'all',
    // An error while checking a rule is reported as that error (503). It neither grants nor denies access.
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
      description: 'Globally unique, opaque id; its prefix shows the type. Pass it to `node`.',
    },
    nodeTypeOptions: { description: 'An object that `node` can find by its id.' },
    mutationInputArgOptions: { description: 'The values for this mutation, as one object.' },
    pageInfoTypeOptions: {
      access: 'parent',
      // Every Relay subgraph has the type.
      extensions: { directives: { shareable: {} } },
      description: 'The position of a page in its list, and whether there are more entries before or after it.',
    },
    hasNextPageFieldOptions: { description: 'Whether there are entries after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are entries before this page.' },
    startCursorFieldOptions: {
      description:
        'The cursor of the first entry. Pass it as `before` to get the previous page. Null if the page is empty.',
    },
    endCursorFieldOptions: {
      description: 'The cursor of the last entry. Pass it as `after` to get the next page. Null if the page is empty.',
    },
    defaultConnectionTypeOptions: { access: 'parent' },
    defaultEdgeTypeOptions: { access: 'parent' },
    defaultPayloadTypeOptions: { access: 'parent' },
    edgesFieldOptions: { description: 'The entries of this page.', nullable: { list: false, items: false } },
    pageInfoFieldOptions: { description: 'The position of this page in the list.' },
    nodeFieldOptions: { description: 'The object at this position of the list.', nullable: false },
    cursorFieldOptions: {
      description: 'The position of this entry in the list. Pass it as `after` or `before` to continue from here.',
    },
    firstArgOptions: {
      description:
        'Number of entries from the start of the list: 1 to 100. Defaults to 20 if `last` is not given either.',
    },
    lastArgOptions: { description: 'Number of entries from the end of the list: 1 to 100.' },
    afterArgOptions: { description: 'Return only entries after this cursor.' },
    beforeArgOptions: { description: 'Return only entries before this cursor.' },
    nodesOnConnection: { description: 'The entries of this page, without their cursors.' },
  },
});

// Inputs use no narrower scalars: an invalid value should be an error in the payload that names the field, not a refused request.
builder.addScalarType('DateTime', DateTimeResolver, {
  description: 'An instant in RFC 3339 format, in UTC, with milliseconds.',
});
builder.addScalarType('JSONObject', JSONObjectResolver, {
  description: 'Any JSON object.',
});

builder.queryType({ description: 'Read operations. Every field lists the scopes it requires.' });
builder.mutationType({
  description: 'Write operations. Every field lists the scopes and the permission it requires.',
});
builder.subscriptionType({ description: 'Event streams. Every field lists the scopes it requires.' });
