import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphqlChallenge } from '../../support/challenge.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let development: TestServer;
let production: TestServer;
beforeAll(async () => {
  [development, production] = [await startServer(), await startServer({ NODE_ENV: 'production' })];
});
afterAll(async () => {
  await development?.close();
  await production?.close();
});

const PURE = [
  '{ __schema { queryType { name } } }',
  '{ __typename }',
  '{ __type(name: "User") { name } ... on Query { __typename } ...F } fragment F on Query { __typename }',
  getIntrospectionQuery(),
];
const MIXED = [
  '{ __typename viewer { sub } }',
  '{ __typename ...F } fragment F on Query { scopes { name } }',
  'query A { __typename } query B { viewer { sub } }',
  'mutation { __typename }',
  '{ __typename ...F } fragment F on Query { ...F scopes { name } }',
  '{ __schema ',
  '{ ...Nowhere }',
];

describe('Introspection', () => {
  it.each(PURE)('%j needs no token outside production', async (document) => {
    const { status, body } = await development.graphql(document);
    expect(status).toBe(200);
    expect(body.errors).toBeUndefined();
  });

  it.each(MIXED)('%j without a token gets 401, because it is not only introspection', async (document) => {
    const { status, headers, body } = await development.graphql(document);
    expect(status).toBe(401);
    expect(headers.get('WWW-Authenticate')).toBe(graphqlChallenge(development));
    expect(body).not.toHaveProperty('data');
  });

  it.each(PURE)('%j requires a token in production', async (document) => {
    expect((await production.graphql(document)).status).toBe(401);
    const token = await production.accessToken({ scopes: ['openid'] });
    expect((await production.graphql(document, token)).status).toBe(200);
  });

  it('any valid token may read the whole schema', async () => {
    const token = await development.accessToken({ scopes: ['openid'] });
    const { body } = await development.graphql('{ __type(name: "Mutation") { fields { name } } }', token);
    expect(body.data.__type.fields.map(({ name }: { name: string }) => name)).toContain('rotateClientSecret');
  });

  it('deeply nested introspection is refused', async () => {
    const token = await development.accessToken({ scopes: ['openid'] });
    const nested =
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }';
    expect((await development.graphql(nested, token)).status).toBe(400);
  });
});
