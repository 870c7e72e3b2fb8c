import { describe, expect, it } from 'vitest';

/** Browser scripts, which have no types. */
const load = (name: string) => import(new URL(`../../../../src/http/graphql/graphiql/${name}`, import.meta.url).href);
const {
  operationsIn,
  operationAt,
  mayMutate,
}: {
  operationsIn(document: string): { kind: string; name?: string }[];
  operationAt(document: string, offset: number): { name?: string };
  mayMutate(document: string, operationName?: string | null): boolean;
} = await load('operations.js');

const kindsAndNames = (document: string) => operationsIn(document).map(({ kind, name }) => [kind, name]);

describe('GraphQL §2.3: the operations of a document', () => {
  it.each([
    ['{ a }', [['query', undefined]]],
    ['query { a }', [['query', undefined]]],
    ['mutation M($a: [I!] = [{ b: 1 }]) @c(d: { e: "}" }) { f { g } }', [['mutation', 'M']]],
    ['query @mutation { a }', [['query', undefined]]],
    [
      'query query { a } mutation mutation { b }',
      [
        ['query', 'query'],
        ['mutation', 'mutation'],
      ],
    ],
    ['# mutation M { a }\n{ b }', [['query', undefined]]],
    ['# a comment ends here\rmutation M { a }', [['mutation', 'M']]],
    ['{ a(b: "mutation {", c: """ } mutation " \\""" { """) }', [['query', undefined]]],
    ['fragment mutation on Query { a } subscription S { b }', [['subscription', 'S']]],
    ['query A { mutation { subscription } }', [['query', 'A']]],
    ['mutation', [['mutation', undefined]]],
    ['', []],
  ])('the operations of %j are found', (document, operations) => {
    expect(kindsAndNames(document)).toEqual(operations);
  });

  it('mayMutate is true for a mutation, and for a document with any mutation if none is named', () => {
    const both = 'query Q { a } mutation M { b }';
    expect([mayMutate(both, 'Q'), mayMutate(both, 'M'), mayMutate(both), mayMutate(both, null)]).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(mayMutate('{ a }')).toBe(false);
  });

  it('operationAt returns the operation at the cursor', () => {
    const both = '# first\nquery Q { a }\nmutation M { b }';
    expect([0, 15, both.length].map((offset) => operationAt(both, offset).name)).toEqual(['Q', 'Q', 'M']);
  });
});
