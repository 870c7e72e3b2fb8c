import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer, type TestServer } from '../../support/server.ts';

describe('K197: aliases in introspection', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await sharedServer();
  });
  afterAll(() => server.close());

  const aliases = (count: number, field: string) =>
    Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(' ');

  it('aliases are allowed, as Apollo Kotlin and Strawberry Shake use them', async () => {
    const { status, body } = await server.graphql(
      '{ schema: __type(name: "__Schema") { fields { name } } type: __type(name: "__Type") { kinds: fields { name } } }',
    );
    expect(status).toBe(200);
    expect(body.data.schema.fields.length).toBeGreaterThan(3);
    expect((await server.graphql(`{ ${aliases(15, '__type(name: "User") { name }')} }`)).status).toBe(200);
  });

  it.each([
    ['on the field', `{ ${aliases(16, '__schema { description }')} }`],
    ['inside', `{ __schema { ${aliases(16, 'types { name }')} } }`],
    [
      'in a fragment',
      `{ ${aliases(4, '__schema { ...T }')} } fragment T on __Schema { ${aliases(4, 'types { name }')} }`,
    ],
    ['in an inline fragment', `{ ... { __schema { ... { ${aliases(16, 'types { name }')} } } } }`],
  ])('more than 15 aliases %s are refused', async (_where, query) => {
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
