import { requiredScopes } from '../access/required-scopes.ts';
import { builder } from '../builder.ts';

/** In look-ups: to validate the largest of documents takes the time of so many. */
const COST = 200;

builder.queryField('requiredScopes', (t) =>
  t.field({
    type: t.listRef(t.listRef('String')),
    description:
      'The scopes that an operation takes, without running it: at most 16 sets, each of which would do and none of which ' +
      'holds a scope too many. One empty set: any token will do. Permissions are not looked at.',
    access: 'token',
    extensions: { cost: COST },
    args: {
      document: t.arg.string({ required: true, description: 'A GraphQL document, within the limits of any other.' }),
      operationName: t.arg.string({ description: 'Which of its operations, if it has several.' }),
      variables: t.arg({
        type: 'JSONObject',
        description:
          'What its variables will be. Left out: all that `@skip` and `@include` make depend on a variable is counted, and ' +
          'every type that `node` may find by one.',
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
