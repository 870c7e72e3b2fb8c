import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSecret } from '../../src/crypto/secrets.ts';
import { AccessToken } from '../../src/store/entities/access-token.ts';
import { graphqlChallenge } from '../support/challenge.ts';
import type { TestClient, TestUser } from '../support/fixtures.ts';
import { expectCleanResponse } from '../support/invariants.ts';
import { read } from '../support/send.ts';
import { sharedServer, type TestServer } from '../support/server.ts';
import { countStatements } from './statements.ts';

const QUERY = JSON.stringify({ query: '{ viewer { sub } }' });
const JSON_TYPE = { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' };

let server: TestServer;
let client: TestClient;
let user: TestUser;
let token: string;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
  user = await server.user();
  token = await server.accessToken({ client, user });
});
afterAll(() => server?.close());

const send = async (headers: Record<string, string>, body: string | URLSearchParams = QUERY, path = '/graphql') =>
  read(await server.request(path, { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } }));

function expectBearer(
  { status, headers, body }: Awaited<ReturnType<typeof send>>,
  expectedStatus: number,
  error?: string,
): void {
  expectCleanResponse({ status, headers }, body);
  expect(status).toBe(expectedStatus);
  expect(headers.get('WWW-Authenticate')).toBe(graphqlChallenge(server, error ? `, error="${error}"` : ''));
  expect(headers.get('Content-Type')).toBe('application/graphql-response+json; charset=utf-8');
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(body.errors).toHaveLength(1);
  expect(body).not.toHaveProperty('data');
}

describe('RFC 6750: bearer tokens at /graphql', () => {
  it('H130 a request without credentials gets a challenge without an error, and runs no statement', async () => {
    expectBearer(await send({}), 401);
    expectBearer(await send({ Authorization: `Basic ${btoa('a:b')}` }), 401);
    expect(await countStatements(server.database, () => send({}))).toBe(0);
  });

  it('H131 malformed, unknown, expired and revoked tokens get the same response', async () => {
    const [expired, revoked] = [await server.accessToken({ client, user }), await server.accessToken({ client, user })];
    const em = server.database.em();
    const rows = await em.find(AccessToken, {}, { orderBy: { createdAt: 'desc', id: 'desc' }, limit: 2 });
    for (const [at, row] of rows.entries()) {
      if (at === 0) row.revokedAt = new Date();
      else row.expiresAt = new Date(0);
    }
    await em.flush();
    const responses = [];
    for (const bad of ['x', '', '!!', makeSecret('gat'), expired, revoked, `${token}x`])
      responses.push(await send({ Authorization: `Bearer ${bad}` }));
    for (const response of responses) expectBearer(response, 401, 'invalid_token');
    expect(new Set(responses.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it('H133 the scheme Bearer is case-insensitive', async () => {
    expect((await send({ authorization: `bearer ${token}` })).status).toBe(200);
    expect((await send({ authorization: `BEARER ${token}` })).status).toBe(200);
  });

  it('H134 a token outside the Authorization header is refused', async () => {
    const Authorization = `Bearer ${token}`;
    expectBearer(await send({ Authorization }, QUERY, `/graphql?access_token=${token}`), 400, 'invalid_request');
    expectBearer(await send({}, QUERY, `/graphql?access_token=${token}`), 400, 'invalid_request');
    const body = JSON.stringify({ query: '{ viewer { sub } }', access_token: token });
    expectBearer(await send({ Authorization }, body), 400, 'invalid_request');
    const form = { Authorization, 'Content-Type': 'application/x-www-form-urlencoded' };
    expectBearer(await send(form, `query={viewer{sub}}&access_token=${token}`), 400, 'invalid_request');
  });

  it('H136 a token in a form is refused', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expectBearer(await send(form, `access_token=${token}&query={viewer{sub}}`), 401);
  });

  it('H137 two Authorization headers are refused, even if one is valid', async () => {
    const twice = (values: string[]) =>
      new Promise<{ status: number | undefined; challenge: string | undefined }>((resolve, reject) => {
        const headers = { ...JSON_TYPE, Host: new URL(server.config.issuer).host };
        const outgoing = httpRequest(`${server.url}/graphql`, { method: 'POST', headers, agent: false }, (incoming) => {
          incoming.resume();
          resolve({ status: incoming.statusCode, challenge: incoming.headers['www-authenticate'] });
        });
        outgoing.setHeader('Authorization', values);
        outgoing.once('error', reject);
        outgoing.end(QUERY);
      });
    const expected = { status: 400, challenge: graphqlChallenge(server, ', error="invalid_request"') };
    expect(await twice(['Bearer nothing', `Bearer ${token}`])).toEqual(expected);
    expect(await twice([`Bearer ${token}`, 'Bearer nothing'])).toEqual(expected);
  });

  it('H139 other secrets are not accepted as access tokens', async () => {
    const { body } = await server.token(
      { grant_type: 'password', username: user.username, password: user.password },
      client,
    );
    for (const other of [body.refresh_token, makeSecret('gac'), client.secret, btoa('session')])
      expectBearer(await send({ Authorization: `Bearer ${other}` }), 401, 'invalid_token');
    expect((await send({ Authorization: `Bearer ${body.access_token}` })).status).toBe(200);
  });

  it('H140 cookies are ignored', async () => {
    const browser = server.browser();
    await browser.submit(await browser.get('/login'), { username: user.username, password: user.password });
    const Cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    expect(Cookie).not.toBe('');
    expectBearer(await send({ Cookie }), 401);
  });

  it('H143 the first request after a revocation gets 401', async () => {
    const revocable = await server.accessToken({ client, user });
    const revoked = await server.graphql(
      'mutation($t: String!) { revokeToken(input: {token: $t}) { revoked } }',
      revocable,
      { t: revocable },
    );
    expect(revoked.body).toEqual({ data: { revokeToken: { revoked: true } } });
    expectBearer(await send({ Authorization: `Bearer ${revocable}` }), 401, 'invalid_token');
  });

  it('H146 responses must not be cached', async () => {
    const response = await send({ Authorization: `Bearer ${token}` });
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('Set-Cookie')).toBeNull();
    expectCleanResponse(response, response.body);
  });
});
