import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countStatements } from '../graphql/statements.ts';
import { sharedServer, type TestServer } from '../support/server.ts';

const LISTED = 'https://spa.example';
const FOREIGN = 'https://evil.example';
const ENDPOINTS = ['/oauth/token', '/oauth/revoke', '/graphql', '/oauth/token/'];

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
  await server.client({ redirectUris: [`${LISTED}/callback`] });
});
afterAll(() => server.close());

const allowedOrigin = ({ headers }: Response) => headers.get('Access-Control-Allow-Origin');

/** The CORS headers of a response. */
const opened = ({ headers }: Response) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));

const preflight = (path: string, origin: string) =>
  server.request(path, {
    method: 'OPTIONS',
    headers: {
      Origin: origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    },
  });

const post = (path: string, origin: string, body = 'a=b', headers: Record<string, string> = {}) =>
  server.request(path, {
    method: 'POST',
    body,
    headers: { Origin: origin, 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
  });

describe('Fetch §3.2: scripts of registered apps', () => {
  it.each(ENDPOINTS)('L236: %s responds to the preflight of a listed origin', async (path) => {
    const answer = await preflight(path, LISTED);
    expect([answer.status, allowedOrigin(answer), answer.headers.get('Vary')]).toEqual([204, LISTED, 'Origin']);
    expect(answer.headers.get('Access-Control-Allow-Methods')).toContain('POST');
    expect(answer.headers.get('Access-Control-Allow-Headers')).toMatch(/^Authorization, \*$/);
    expect(answer.headers.get('Allow')).toContain('POST');
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull();
  });

  it.each(ENDPOINTS)('K211: a listed origin can read the errors of %s, but never with credentials', async (path) => {
    for (const answer of [
      await post(path, LISTED),
      await post(path, LISTED, 'x'.repeat(200_000)),
      await post(path, LISTED, '{}', { 'Content-Type': 'application/json' }),
      await server.request(path, { method: 'DELETE', headers: { Origin: LISTED } }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(allowedOrigin(answer)).toBe(LISTED);
      expect(answer.headers.get('Access-Control-Expose-Headers')).toContain('WWW-Authenticate');
      expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    }
  });

  it('K211: responses 429 and 500 can also be read', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 22; n++) {
      const answer = await post('/oauth/token', LISTED, 'grant_type=client_credentials&client_id=x&client_secret=y');
      statuses.push(answer.status);
      expect(allowedOrigin(answer)).toBe(LISTED);
    }
    expect(statuses.at(-1)).toBe(429);
    const run = (text: string) => server.database.em().execute(text);
    await run('ALTER TABLE client_secrets RENAME TO elsewhere');
    try {
      const answer = await post('/oauth/token', LISTED, 'grant_type=client_credentials&client_id=z&client_secret=y');
      expect([answer.status, allowedOrigin(answer)]).toEqual([500, LISTED]);
    } finally {
      await run('ALTER TABLE elsewhere RENAME TO client_secrets');
    }
  });

  it('a script of a listed origin gets tokens and uses the API', async () => {
    const client = await server.client({ redirectUris: [`${LISTED}/callback`] });
    const form = `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${client.secret}`;
    const answer = await post('/oauth/token', LISTED, form);
    const { access_token } = (await answer.json()) as { access_token: string };
    expect([answer.status, allowedOrigin(answer)]).toEqual([200, LISTED]);
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${access_token}` };
    const viewer = await post('/graphql', LISTED, '{"query":"{ viewer { sub } }"}', headers);
    expect([viewer.status, allowedOrigin(viewer)]).toEqual([200, LISTED]);
  });

  it.each([...ENDPOINTS, '/oauth/authorize', '/oauth/introspect', '/login', '/consent', '/account', '/', '/healthz'])(
    'K211, L236: %s sends no CORS headers to a foreign origin, to null or to its own origin',
    async (path) => {
      for (const origin of [FOREIGN, 'null', `${LISTED}.evil.example`, server.config.issuer]) {
        const answer = await preflight(path, origin);
        expect([answer.status, opened(answer)]).toEqual([204, []]);
        expect(opened(await post(path, origin))).toEqual([]);
      }
    },
  );

  it.each(['/oauth/authorize', '/oauth/introspect', '/login', '/consent', '/account', '/graphiql', '/nowhere'])(
    'K211: %s sends no CORS headers, not even to a listed origin',
    async (path) => {
      expect(opened(await preflight(path, LISTED))).toEqual([]);
      expect(opened(await post(path, LISTED))).toEqual([]);
    },
  );

  it('only an origin other than the issuer costs a statement', async () => {
    const cost = (headers: Record<string, string>) =>
      countStatements(server.database, () => server.request('/oauth/token', { method: 'OPTIONS', headers }));
    expect([await cost({}), await cost({ Origin: server.config.issuer }), await cost({ Origin: LISTED })]).toEqual([
      0, 0, 1,
    ]);
  });
});
