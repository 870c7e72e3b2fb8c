import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizePath } from '../support/authorize.ts';
import { expectGoodPage } from '../support/page-rules.ts';
import { requestRaw } from '../support/raw-http.ts';
import { expectNothingWritten } from '../support/refusals.ts';
import { sharedServer, startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('RFC 9110 §7.2: the Host header', () => {
  it.each([
    ...[
      'evil.example',
      'x@evil.example',
      'localhost',
      'localhost:1',
      'evil.example:PORT',
      'localhost:PORT.evil',
      '[::',
    ],
    ...['x@localhost:PORT', 'localhost:PORT/x', 'localhost:PORT?x', 'localhost:PORT#', 'localhost:PORT\\x'],
    ...['localhost:PORT, evil.example', 'localhost:PORT:PORT', 'localhost.:PORT', '127.0.0.2:PORT'],
  ])('L233: Host: %s gets 421 and is not repeated in the response', async (host) => {
    const named = host.replace('PORT', String(server.config.port));
    const response = await server.request('/login', { headers: { Host: named, ...BROWSER } });
    const html = await response.text();
    expectGoodPage({ status: response.status, headers: response.headers, html }, 421);
    expect(html).not.toContain('evil');
    expect(html).toContain(`The address of this server is ${server.config.issuer}.`);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each(['localhost:PORT', '127.0.0.1:PORT', '[::1]:PORT', 'LOCALHOST:PORT'])(
    'L233: Host: %s is accepted on loopback',
    async (host) => {
      const headers = { Host: host.replace('PORT', String(server.config.port)) };
      expect((await server.request('/login', { headers })).status).toBe(200);
    },
  );

  it.each(['10.0.0.7:8080', 'gatehouse:4400', 'evil.example', 'x@y'])(
    'L233: endpoints without cookies serve the host %s, and it is in no response',
    async (host) => {
      const headers = { Host: host, Accept: '*/*' };
      for (const path of ['/healthz', '/readyz', '/oauth/jwks', '/.well-known/openid-configuration', '/graphiql']) {
        const response = await server.request(path, { headers });
        expect([path, response.status]).toEqual([path, 200]);
        expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain(host);
      }
      const client = await server.client();
      const basic = `Basic ${btoa(`${client.clientId}:${client.secret}`)}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      const init = { method: 'POST', body, headers: { Host: host, Authorization: basic } };
      expect((await server.request('/oauth/token', init)).status).toBe(200);
    },
  );

  it('L233: with a public issuer pages serve any host, and a mismatch is logged once, without the host', async () => {
    const behindProxy = await startServer({ ISSUER: 'https://id.example.com', TRUST_PROXY: '1' });
    try {
      const warnings = () => behindProxy.log.filter((line) => line.includes('another Host header'));
      expect((await behindProxy.request('/login')).status).toBe(200);
      expect((await behindProxy.request('/healthz', { headers: { Host: '127.0.0.1:4556' } })).status).toBe(200);
      expect(warnings()).toEqual([]);
      const headers = { Host: '127.0.0.1:4556', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'id.example.com' };
      for (const path of ['/login', '/', '/oauth/authorize'])
        expect((await behindProxy.request(path, { headers })).status).toBe(path === '/oauth/authorize' ? 400 : 200);
      expect(warnings()).toEqual([expect.stringContaining('proxy_set_header Host $http_host')]);
      expect(warnings().join()).not.toContain('127.0.0.1');
    } finally {
      await behindProxy.close();
    }
  });

  it('RFC 9112 §3.2: health checks in HTTP/1.0 need no Host header', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const lines = [`GET ${path} HTTP/1.0`];
      expect((await requestRaw(server.url, lines)).status).toBe(200);
      expect((await requestRaw(server.url, [`GET ${path} HTTP/1.1`, 'Connection: close'])).status).toBe(400);
    }
  });

  it('L233: proxy headers never appear in a URL', async () => {
    const headers = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'gopher',
      'X-Host': 'evil.example',
      Forwarded: 'host=evil.example;proto=https',
      'X-Original-URL': '/evil',
      'X-HTTP-Method-Override': 'DELETE',
    };
    const from = server.log.length;
    const client = await server.client();
    const query = { response_type: 'x', client_id: client.clientId, redirect_uri: 'https://client.example/cb' };
    for (const path of [
      '/',
      '/login',
      '/graphiql',
      authorizePath(query),
      authorizePath({ ...query, response_type: 'code' }),
    ]) {
      const response = await server.request(path, { headers });
      expect(response.status).toBeLessThan(400);
      expect(JSON.stringify([...response.headers]) + (await response.text())).not.toMatch(/evil|gopher/);
    }
    expect(server.log.slice(from).join('')).not.toContain('evil');
  });

  it('L233: a request under another host name stores no row', () =>
    expectNothingWritten(server, async () => {
      const path = authorizePath({ response_type: 'code', client_id: 'gatehouse-graphiql' });
      expect((await server.request(path, { headers: { Host: 'evil.example' } })).status).toBe(421);
    }));

  it.each<[string, string[], number, number?]>([
    ['two', ['Host: OWN', 'Host: OWN'], 400],
    ['two different', ['Host: OWN', 'Host: evil.example'], 400],
    ['two the other way round', ['Host: evil.example', 'host: OWN'], 400],
    ['no', [], 400, 421],
    ['an empty', ['Host:'], 421],
  ])('L232: a request with %s Host header is refused', async (_, lines, status, statusOfOldVersion = status) => {
    const own = `localhost:${server.config.port}`;
    const named = lines.map((line) => line.replace('OWN', own));
    for (const [version, expected] of [
      ['HTTP/1.1', status],
      ['HTTP/1.0', statusOfOldVersion],
    ] as const) {
      const answer = await requestRaw(server.url, [`GET /login ${version}`, ...named, 'Connection: close']);
      expectGoodPage({ ...answer, html: answer.body }, expected);
    }
  });

  it('L233: a target in absolute form changes nothing', async () => {
    const own = `Host: localhost:${server.config.port}`;
    const answer = await requestRaw(server.url, ['GET http://evil.example/login HTTP/1.1', own, 'Connection: close']);
    expectGoodPage({ ...answer, html: answer.body }, 200);
    expect(JSON.stringify([...answer.headers]) + answer.body).not.toContain('evil');
  });
});
