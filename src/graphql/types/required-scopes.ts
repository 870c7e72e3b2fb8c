import { requiredScopes } from '../access/required-scopes.ts';
import { builder } from '../builder.ts';

/** In objects: validating the largest document takes as long as reading this many. */
const COST = 700;

builder.queryField('requiredScopes', (t) =>
  t.field({
    type: t.listRef(t.listRef('String')),
    description:
      'The scopes that an operation requires, without executing it. Each of the sets (at most 16) is sufficient and minimal. ' +
      'A single empty set means that every token is sufficient. Permissions are not checked.',
    access: 'token',
    extensions: { cost: COST },
    args: {
      document: t.arg.string({
        required: true,
        description: 'A GraphQL document. The limits for requests apply to it as well.',
      }),
      operationName: t.arg.string({ description: 'The operation to check, if the document has several.' }),
      variables: t.arg({
        type: 'JSONObject',
        description:
          'The variables of the operation. If omitted, fields with `@skip` or `@include` that depend on a variable are counted, ' +
          'and so is every type that `node` can return for a variable.',
      }),
    },
    resolve: (_root, { document, operationName, variables }, _context, { schema }) =>
      requiredScopes(schema, {
        document,
        operationName: operationName ?? undefined,
        variables: variables ?? undefined,
      }),
  }),
);
