import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../src/graphql/access/access.ts';
import { minimalScopeSets } from '../../../src/graphql/access/required-scopes.ts';
import type { BuiltInScope } from '../../../src/oauth/scopes/scope.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { rowCounts } from '../row-counts.ts';
import { countStatements } from '../statements.ts';

const DOCUMENT =
  'query($document: String!, $name: String) { requiredScopes(document: $document, operationName: $name) }';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await sharedServer();
  token = await server.accessToken({ scopes: ['openid'] });
});
afterAll(() => server?.close());

const setsOf = async (document: string, name?: string): Promise<string[][]> => {
  const { body } = await server.graphql(DOCUMENT, token, { document, name });
  expect(body.errors).toBeUndefined();
  return body.data.requiredScopes;
};

const CREATE = 'createUser(input: {username: "someone"})';

describe('requiredScopes', () => {
  it.each([
    ['{ viewer { sub } scopes { name } }', [[]]],
    ['{ __schema { description } }', [[]]],
    ['{ viewer { username } }', [['profile'], ['read']]],
    ['{ viewer { username email } }', [['read'], ['profile', 'email']]],
    ['{ viewer { username } users { nodes { id } } }', [['read']]],
    [
      '{ viewer { username groups { nodes { id } } } }',
      [
        ['profile', 'groups'],
        ['read', 'groups'],
      ],
    ],
    [`mutation { ${CREATE} { errors { code } } }`, [['write']]],
    [`mutation { ${CREATE} { user { groups { nodes { id } } } } }`, [['write', 'groups']]],
    ['query($on: Boolean!) { viewer { username @include(if: $on) } }', [['profile'], ['read']]],
    ['query($on: Boolean! = true) { viewer { username @skip(if: $on) } }', [['profile'], ['read']]],
    ['{ viewer { sub username @skip(if: true) } }', [[]]],
    ['query($id: ID!) { node(id: $id) { id } }', [['read', 'groups', 'clients', 'audit']]],
    // The type of the id is unknown, and even an empty fragment reveals whether the object exists.
    ['query($id: ID!) { node(id: $id) { ... on Group { id } } }', [['read', 'groups', 'clients', 'audit']]],
    ['query($id: ID!) { node(id: $id) { __typename } }', [['read', 'groups', 'clients', 'audit']]],
    ['{ node(id: "usr_aaaaaaaaaaaaaaaaaaaaaaaaaa") { id } }', [['read']]],
  ])('requiredScopes of %s are %j', async (document, sets) => {
    expect(await setsOf(document)).toEqual(sets);
  });

  it('requiredScopes uses the named operation', async () => {
    const document = 'query A { viewer { sub } } query B { groups { nodes { id } } }';
    expect([await setsOf(document, 'A'), await setsOf(document, 'B')]).toEqual([[[]], [['groups']]]);
  });

  it('requiredScopes executes nothing', async () => {
    const before = await rowCounts(server.database);
    const document = `mutation { ${CREATE} { errors { code } } }`;
    expect(await countStatements(server.database, () => setsOf(document))).toBe(1);
    expect(await rowCounts(server.database)).toEqual(before);
  });

  it.each([
    ['{ viewer { nothing } }', 'Cannot query field "nothing" on type "Viewer".'],
    ['{ viewer { sub }', 'Syntax Error: Expected Name, found <EOF>.'],
    ['{ a: scopes { name } } { b: scopes { name } }', 'This anonymous operation must be the only defined operation.'],
    ['query A { viewer { sub } } query B { viewer { sub } }', 'The document does not contain the requested operation'],
    ['', 'Syntax Error: Unexpected <EOF>.'],
    [`{ ${'viewer { sub } '.repeat(300)} }`, 'Syntax Error: Document contains more than 1000 tokens. Parsing aborted.'],
    [
      `{ ${Array.from({ length: 16 }, (_, at) => `a${at}: scopes { name }`).join(' ')} }`,
      'The operation has more than 15 aliases',
    ],
    [
      '{ users(first: 1) { nodes { groups(first: 1) { nodes { members(first: 1) { nodes { groups(first: 1) { nodes { id } } } } } } } } }',
      'The operation is nested more than 8 levels deep',
    ],
  ])('requiredScopes rejects %s', async (document, message) => {
    const { body } = await server.graphql(DOCUMENT, token, { document });
    expect(body.data).toBeNull();
    expect(body.errors).toHaveLength(1);
    expect(body.errors[0].message).toBe(`The document is not valid: ${message}`);
    expect(body.errors[0].extensions).toEqual({ code: 'BAD_USER_INPUT', field: ['document'] });
  });

  it('one operation may use requiredScopes at most five times, because each use costs as much as a request', async () => {
    const repeated = (times: number) =>
      `{ ${Array.from({ length: times }, (_, at) => `a${at}: requiredScopes(document: "{ viewer { sub } }")`).join(' ')} }`;
    expect((await server.graphql(repeated(5), token)).body.data).toMatchObject({ a4: [[]] });
    expect((await server.graphql(repeated(6), token)).body.errors[0].extensions.code).toBe('LIMIT_EXCEEDED');
  });

  it('no set of scopes contains another one, for any rules', () => {
    const rule = (...scopes: BuiltInScope[][]): AccessRule => ({ scopes });
    expect(minimalScopeSets([rule(['read'], ['profile']), rule(['profile'], ['email', 'read']), 'token'])).toEqual([
      ['profile'],
      ['email', 'read'],
    ]);
  });
});
