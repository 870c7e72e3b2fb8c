import { buildSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printedSchema } from '../../../src/graphql/print-schema.ts';
import { graphqlChallenge } from '../../support/challenge.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let development: TestServer;
let production: TestServer;
beforeAll(async () => {
  [development, production] = [await startServer(), await startServer({ NODE_ENV: 'production', GRAPHIQL: 'off' })];
});
afterAll(async () => {
  await development?.close();
  await production?.close();
});

const read = async (server: TestServer, path: string, init: RequestInit = {}) => {
  const response = await server.request(path, init);
  const text = await response.text();
  // Section numbers in descriptions look like version numbers.
  expectCleanResponse(response, response.ok ? '' : text);
  return { status: response.status, headers: response.headers, text };
};
const bearer = (token: string): RequestInit => ({ headers: { Authorization: `Bearer ${token}` } });

describe('GET /graphql/sdl', () => {
  it.each(['/graphql/sdl', '/graphql/sdl/'])('%s returns the schema with its access rules', async (path) => {
    const open = await read(development, path);
    expect(open.status).toBe(200);
    expect(open.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    expect(open.headers.get('Cache-Control')).toBe('no-store');
    expect(open.text).toBe(printedSchema());
    const token = await production.accessToken({ scopes: ['openid'] });
    expect(await read(production, path, bearer(token))).toMatchObject({ status: 200, text: open.text });
  });

  it('the text is a valid schema for other tools', () => {
    const users = buildSchema(printedSchema()).getQueryType()?.getFields().users;
    expect(isObjectType(buildSchema(printedSchema()).getType('User'))).toBe(true);
    expect(users?.astNode?.directives?.map(({ name }) => name.value)).toEqual(['requiresScopes']);
  });

  it('the schema links the federation directives, so that gateways enforce them', () => {
    expect(printedSchema()).toContain(
      'schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@authenticated", "@inaccessible", "@requiresScopes", "@shareable"])',
    );
    expect(printedSchema()).toContain('type PageInfo @shareable {');
    expect(printedSchema()).toMatch(/\): Node @inaccessible @authenticated/);
  });

  it('the schema requires a token in production, and an invalid token gets 401 everywhere', async () => {
    const none = await read(production, '/graphql/sdl');
    expect(none.status).toBe(401);
    expect(none.headers.get('WWW-Authenticate')).toBe(graphqlChallenge(production));
    expect(JSON.parse(none.text).errors[0].extensions.code).toBe('UNAUTHENTICATED');
    for (const server of [development, production]) {
      const invalid = await read(server, '/graphql/sdl', bearer('gat_nothing'));
      expect(invalid.status).toBe(401);
      expect(invalid.headers.get('WWW-Authenticate')).toBe(graphqlChallenge(server, ', error="invalid_token"'));
      expect((await read(server, '/graphql/sdl?access_token=x')).status).toBe(400);
    }
    const cookie = await read(production, '/graphql/sdl', { headers: { Cookie: '__Host-session=x' } });
    expect(cookie.status).toBe(401);
  });

  it('other methods than GET get 405', async () => {
    const { status, headers } = await read(development, '/graphql/sdl', { method: 'POST' });
    expect([status, headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
    expect(await read(development, '/graphql/sdl', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });
});
