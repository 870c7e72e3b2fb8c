import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer, type TestServer } from '../../support/server.ts';

describe('K197: aliases in introspection', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await sharedServer();
  });
  afterAll(() => server.close());

  it.each([
    ['on itself', '{ a: __schema { description } }'],
    ['inside', '{ __schema { a: types { name } b: types { name } } }'],
    ['in a fragment', '{ __schema { ...types } } fragment types on __Schema { a: types { name } }'],
    ['in an inline fragment', '{ ... { __schema { ... { a: types { name } } } } }'],
    ['on a type', '{ a: __type(name: "User") { name } }'],
  ])('an alias %s is refused', async (_where, query) => {
    const { status, body } = await server.graphql(query);
    expect(status).toBe(400);
    expect(body).toEqual({ errors: [expect.objectContaining({ extensions: { code: 'LIMIT_EXCEEDED' } })] });
  });

  it('the standard introspection query is allowed', async () => {
    const { status, body } = await server.graphql(getIntrospectionQuery());
    expect(status).toBe(200);
    expect(body.data.__schema.types.length).toBeGreaterThan(20);
  });

  it('K217: the key __proto__ is refused in literals of the document', async () => {
    const token = await server.accessToken({ user: await server.user({ superuser: true }) });
    const create = `mutation { createUser(input: { username: "x", attributes: { __proto__: { a: 1 } } }) { user { id } } }`;
    expect((await server.graphql(create, token)).status).toBe(400);
  });
});
