import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizePath, CALLBACK, codeRequest } from '../support/authorize.ts';
import { expectCleanResponse } from '../support/invariants.ts';
import { requestRaw } from '../support/raw-http.ts';
import { startServer, type TestServer } from '../support/server.ts';

let local: TestServer;
let behindTls: TestServer;
beforeAll(async () => {
  local = await startServer();
  behindTls = await startServer({ ISSUER: 'https://id.example.com' });
});
afterAll(async () => {
  await local.close();
  await behindTls.close();
});

/** One response of each kind. */
const ANSWERS: [string, string, RequestInit, number][] = [
  ['a page', '/login', {}, 200],
  ['a redirect', '/logout', {}, 303],
  ['a style sheet', '/style.css', {}, 200],
  ['an image', '/icon.svg', {}, 200],
  ['a script', '/graphiql/console.js', {}, 200],
  ['GraphiQL', '/graphiql', {}, 200],
  ['health', '/healthz', {}, 200],
  ['readiness', '/readyz', {}, 200],
  ['OPTIONS', '/login', { method: 'OPTIONS' }, 204],
  ['HEAD', '/login', { method: 'HEAD' }, 200],
  ['an error page', '/oauth/authorize', {}, 400],
  ['an error of the token endpoint', '/oauth/token', { method: 'POST', body: new URLSearchParams({ a: 'b' }) }, 400],
  [
    'an unauthorized client',
    '/oauth/token',
    { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }) },
    401,
  ],
  [
    'a form that is too large',
    '/oauth/token',
    { method: 'POST', body: new URLSearchParams({ a: 'x'.repeat(33_000) }) },
    413,
  ],
  ['an unknown path', '/nowhere', {}, 404],
  ['a method that is not allowed', '/oauth/token', { method: 'GET' }, 405],
  [
    'GraphQL without a token',
    '/graphql',
    { method: 'POST', body: '{"query":"{ viewer { sub } }"}', headers: { 'Content-Type': 'application/json' } },
    401,
  ],
  ['GraphQL with another media type', '/graphql', { method: 'POST', body: 'x' }, 401],
];

describe('OWASP ASVS 5 §3.4, §13.4.6: the headers of every response', () => {
  it.each(ANSWERS)('L245: the response for %s has them', async (_, path, init, status) => {
    for (const server of [local, behindTls]) {
      const response = await server.request(path, init);
      const body = await response.text();
      expectCleanResponse(response, '');
      expect(response.status).toBe(status);
      expect(response.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
      expect(response.headers.get('Strict-Transport-Security')).toBe(
        server === behindTls ? 'max-age=31536000; includeSubDomains' : null,
      );
      const type = response.headers.get('Content-Type');
      if (body !== '') expect(type).toMatch(/; charset=utf-8$|^image\/svg\+xml$/);
      for (const name of ['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials', 'Via', 'X-Runtime'])
        expect([name, response.headers.get(name)]).toEqual([name, null]);
    }
  });

  it.each<[string, number, RequestInit]>([
    ['/oauth/authorize', 400, {}],
    ['/oauth/authorize?client_id=nobody', 400, {}],
    ['/oauth/logout', 303, {}],
    ['/login', 200, {}],
    ['/login/', 200, {}],
    ['/login', 403, { method: 'POST', body: new URLSearchParams() }],
    ['/login?request=x', 400, {}],
    ['/login', 405, { method: 'PUT' }],
    ['/consent?request=x', 400, {}],
    ['/logout', 303, {}],
  ])('an app that opens %s in a pop-up (%i) stays connected to it', async (path, status, init) => {
    const response = await local.request(path, init);
    expect([response.status, response.headers.get('Cross-Origin-Opener-Policy')]).toEqual([status, null]);
    expect(response.headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
  });

  it.each(['/', '/account', '/setup', '/graphiql', '/nowhere', '/loginx', '/healthz', '/oauth/token'])(
    'a window that opens %s is cut off from it',
    async (path) => {
      const response = await local.request(path);
      expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    },
  );

  it('L245: a redirect to a client with a code or an error has these headers, and no Referer', async () => {
    const client = await local.client();
    for (const path of [codeRequest(client, { scope: 'unknown' }), codeRequest(client, { response_type: 'x' })]) {
      const response = await local.request(path);
      expectCleanResponse(response, await response.text());
      expect(response.headers.get('Location')?.startsWith(`${CALLBACK}?error=`)).toBe(true);
      expect(response.headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(response.headers.get('Cache-Control')).toBe('no-store');
    }
  });

  it('L245: a response to data that is not a request has these headers, also behind TLS', async () => {
    for (const server of [local, behindTls]) {
      const answer = await requestRaw(server.url, ['FOO / HTTP/1.1', `Host: ${new URL(server.config.issuer).host}`]);
      expectCleanResponse(answer, answer.body);
      expect(answer.headers.has('Strict-Transport-Security')).toBe(server === behindTls);
    }
  });

  it('L245: only static files may be cached, and they are revalidated by ETag', async () => {
    for (const path of ['/style.css', '/icon.svg']) {
      const first = await local.request(path);
      expect(first.headers.get('Cache-Control')).toBe('public, max-age=3600');
      const headers = { 'If-None-Match': first.headers.get('ETag') ?? '' };
      const again = await local.request(path, { headers });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    for (const path of ['/', '/login', '/healthz', '/nowhere', authorizePath({})])
      expect((await local.request(path)).headers.get('Cache-Control')).toBe('no-store');
  });

  it('J164: only pages that need a cookie set one', async () => {
    for (const path of ['/', '/healthz', '/style.css', '/graphiql', '/graphql', '/nowhere', '/logout'])
      expect([path, (await local.request(path)).headers.getSetCookie()]).toEqual([path, []]);
  });
});
