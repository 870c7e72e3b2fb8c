import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanResponse } from '../../support/invariants.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { countStatements } from '../statements.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await sharedServer();
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(() => server?.close());

async function expectRefused(document: string, message: RegExp, variables?: Record<string, unknown>): Promise<void> {
  let response = await server.graphql(document, token, variables);
  const statements = await countStatements(server.database, async () => {
    response = await server.graphql(document, token, variables);
  });
  expectCleanResponse(response, response.body);
  expect(response.status).toBe(400);
  expect(response.body).not.toHaveProperty('data');
  expect(response.body.errors[0].message).toMatch(message);
  // Only the token was looked up, so no resolver ran.
  expect(statements).toBe(1);
}

describe('The cost of an operation', () => {
  it('K202 lists that together return too many objects are refused before anything is read', async () => {
    const three =
      'query($n: Int = 100) { groups(first: $n) { nodes { members(first: $n) { nodes { groups(first: $n) { nodes { id } } } } } } }';
    await expectRefused(three, /costs more than 4000 objects/);
    await expectRefused(three, /costs more than 4000 objects/, { n: 16 });
    expect((await server.graphql(three, token, { n: 15 })).status).toBe(200);
    await expectRefused('{ users(first: 100) { nodes { groups(first: 40) { nodes { name } } } } }', /4000 objects/);
    const two = '{ users(first: 100) { nodes { groups(first: 20) { nodes { name } } } } }';
    expect((await server.graphql(two, token)).status).toBe(200);
  });

  it.each([
    ['{ viewer { sub } }', 1],
    ['{ __typename }', 0],
    ['{ users(first: 100) { nodes { id } } }', 100],
    ['{ users(last: 7) { pageInfo { hasNextPage } } }', 7],
    ['{ users(first: 100) { nodes { id groups { nodes { name } } } } }', 100 + 100 * 20],
    ['{ users(first: 10) { edges { cursor node { groups(first: 5) { edges { node { id } } } } } } }', 10 + 50],
    ['{ clients(first: 10) { nodes { owner { username } secrets { label } } } }', 10 + 10 + 10 * 20],
    ['{ scopes { name } }', 20],
  ])('K202 %s costs its objects: the page size of each list, times its parents', async (document, requested) => {
    expect((await server.graphql(document, token)).extensions?.cost).toEqual({ requested, limit: 4000 });
  });

  it.each([
    ['{ users(first: 50) { nodes { id } edges { node { id } } } }', 50 + 50],
    ['{ users(first: 50) { nodes { a: id b: username } } }', 50 + 50 + 50],
    ['{ users(first: 50) { a: nodes { id } b: nodes { id } } }', 50 + 50 + 50],
    ['{ users(first: 50) { edges { a: node { id } } } }', 50 + 50],
    [
      '{ users(first: 50) { ...A ...B } } fragment A on UserConnection { nodes { id } } fragment B on UserConnection { edges { cursor } }',
      100,
    ],
  ])('%s costs what it repeats', async (document, requested) => {
    expect((await server.graphql(document, token)).extensions?.cost.requested).toBe(requested);
  });

  it('an operation that does not run has no cost', async () => {
    expect((await server.graphql('{ nobody }', token)).extensions).toBeUndefined();
  });

  it.each(['toString', 'constructor', 'valueOf', 'hasOwnProperty'])(
    'a variable that is not sent costs the default page size, even if it is called %s',
    async (name) => {
      const costOf = async (variable: string) => {
        const document = `query($${variable}: Int) { groups(first: $${variable}) { nodes { members(first: $${variable}) { nodes { id } } } } }`;
        return (await server.graphql(document, token)).extensions?.cost.requested;
      };
      const cost = await costOf('n');
      expect(cost).toBeGreaterThan(20);
      expect(await costOf(name)).toBe(cost);
    },
  );
});
