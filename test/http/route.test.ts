import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanResponse } from '../support/invariants.ts';
import { expectGoodPage } from '../support/page-rules.ts';
import { sharedServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const PAGES = ['/', '/login', '/logout', '/consent', '/setup', '/oauth/authorize', '/graphiql', '/graphiql/callback'];
const FILES = ['/style.css', '/icon.svg', '/graphiql/console.js'];
const FOR_PROGRAMS = ['/oauth/token', '/graphql', '/healthz', '/readyz'];
const EVERYWHERE = [...PAGES, ...FILES, ...FOR_PROGRAMS];

const BROWSER = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('Small files that browsers request', () => {
  it('password managers find the page to change a password', async () => {
    const response = await server.request('/.well-known/change-password');
    expect([response.status, response.headers.get('Location')]).toEqual([303, '/account']);
  });

  it('the icon is found at its usual address, and search engines are kept out', async () => {
    const icon = await server.request('/favicon.ico');
    expect([icon.status, icon.headers.get('Location')]).toEqual([303, '/icon.svg']);
    const robots = await server.request('/robots.txt');
    expectCleanResponse(robots, '');
    expect([robots.status, await robots.text()]).toEqual([200, 'User-agent: *\nDisallow: /\n']);
    expect(robots.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
  });
});

describe('RFC 9110 §9.3.7, §15.5.6: methods', () => {
  it.each(EVERYWHERE)('L236: OPTIONS %s gets 204 with Allow and no CORS headers', async (path) => {
    const headers = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' };
    const response = await server.request(path, { method: 'OPTIONS', headers });
    expectCleanResponse(response, await response.text());
    expect(response.status).toBe(204);
    expect(response.headers.get('Allow')).toMatch(/^(GET, HEAD|POST|GET, HEAD, POST)$/);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  it.each(EVERYWHERE)('L235: PUT, DELETE, PATCH and TRACE %s get 405 with Allow', async (path) => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) {
      const response = await server.request(path, { method, headers: { 'X-Secret': 'echo?' } });
      const body = await response.text();
      expectCleanResponse(response, body);
      expect([response.status, body.includes('echo?')]).toEqual([405, false]);
      const allow = path === '/graphql' ? 'POST' : FOR_PROGRAMS.includes(path) ? /^(GET, HEAD|POST)$/ : /^GET, HEAD/;
      expect(response.headers.get('Allow')).toMatch(allow);
    }
  });

  it.each([...FILES, '/graphiql', '/healthz', '/readyz', '/'])('L235: POST %s gets 405', async (path) => {
    const response = await server.request(path, { method: 'POST', body: 'x=y' });
    expectCleanResponse(response, await response.text());
    expect([response.status, response.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each(['/', '/login', '/healthz', '/style.css'])(
    'L235: HEAD %s returns the headers of GET without the body',
    async (path) => {
      const get = await server.request(path, { headers: BROWSER });
      const head = await server.request(path, { method: 'HEAD', headers: BROWSER });
      const headerValues = ({ status, headers }: Response) => [
        status,
        headers.get('Content-Type'),
        headers.get('Content-Length'),
      ];
      expect(headerValues(head)).toEqual(headerValues(get));
      expect(await head.text()).toBe('');
    },
  );
});

describe('Paths', () => {
  it.each([
    ...['/.git/config', '/.env', '/package.json', '/package-lock.json', '/node_modules/koa/package.json', '/data'],
    ...[
      '/data/secret-key',
      '/src/server.ts',
      '/migrations/',
      '/src/http/pages/style.css',
      '/index.html',
      '/.well-known/',
    ],
    ...[
      '/../../../etc/passwd',
      '/..%2f..%2fetc%2fpasswd',
      '/style.css/../../app.ts',
      '/style.css%00.ts',
      '/graphiql/../app.ts',
    ],
    ...[
      '//evil.example',
      '/login//',
      '//login',
      '/Login',
      '/LOGIN',
      '/login.html',
      '/login%2f',
      '/;/login',
      '/%',
      '/%ff%zz',
    ],
    ...[
      '/constructor',
      '/__proto__',
      '/hasOwnProperty',
      '/graphiql/__proto__',
      '/*',
      '/oauth',
      '/oauth/',
      '/server-status',
    ],
  ])('L238: %s is not found', async (path) => {
    for (const [headers, type] of [
      [BROWSER, 'text/html; charset=utf-8'],
      [{ Accept: 'application/json' }, 'application/json; charset=utf-8'],
    ] as const) {
      const response = await server.request(path, { headers });
      const body = await response.text();
      expectCleanResponse(response, body);
      expect([path, response.status]).toEqual([path, 404]);
      if (path.startsWith('/graphiql/')) continue;
      expect(response.headers.get('Content-Type')).toBe(type);
    }
  });

  it('L238: the page for an unknown path does not repeat the path', async () => {
    const response = await server.request('/not-here-"><script>alert(1)</script>', { headers: BROWSER });
    const html = await response.text();
    expectGoodPage({ status: response.status, headers: response.headers, html }, 404);
    expect(html).not.toContain('not-here');
  });

  it.each(EVERYWHERE.filter((path) => !['/', '/graphiql/console.js'].includes(path)))(
    '%s responds the same with a trailing slash',
    async (path) => {
      const method = path === '/oauth/token' ? 'POST' : 'GET';
      const [plain, slashed] = [
        await server.request(path, { method, headers: BROWSER }),
        await server.request(`${path}/`, { method, headers: BROWSER }),
      ];
      const outcome = ({ status, headers }: Response) => [status, headers.get('Content-Type'), headers.get('Location')];
      expect(outcome(slashed)).toEqual(outcome(plain));
    },
  );
});

describe('RFC 6749 §5.1: Accept', () => {
  const ODD = ['text/html', 'application/xml', '*/*;q=0', ';;;q=,,,*/;', 'text/*;q=x', 'é', 'x'.repeat(5000), ''];

  it.each(ODD)('L242: the token endpoint responds with JSON to Accept: %.20s', async (accept) => {
    const client = await server.client();
    const headers = { Accept: accept, Authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}` };
    for (const [grantType, status] of [
      ['client_credentials', 200],
      ['x', 400],
    ] as const) {
      const body = new URLSearchParams({ grant_type: grantType });
      const response = await server.request('/oauth/token', { method: 'POST', body, headers });
      expectCleanResponse(response, await response.clone().text());
      expect([response.status, response.headers.get('Content-Type')]).toEqual([
        status,
        'application/json; charset=utf-8',
      ]);
      expect(await response.json()).toBeTypeOf('object');
    }
  });

  it.each(ODD)('L242: pages respond with HTML and health checks with JSON to Accept: %.20s', async (accept) => {
    const headers = { Accept: accept };
    const types = ['/login', '/healthz', '/nowhere'].map(async (path) =>
      (await server.request(path, { headers })).headers.get('Content-Type'),
    );
    const [page, health, nowhere] = await Promise.all(types);
    expect([page, health]).toEqual(['text/html; charset=utf-8', 'application/json; charset=utf-8']);
    expect(nowhere).toBe(`${accept === 'text/html' ? 'text/html' : 'application/json'}; charset=utf-8`);
  });
});
