import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScope } from '../../../src/oauth/scopes/manage-scopes.ts';
import { codeRequest, reachConsent, responseParams, sentTo, signIn } from '../../support/authorize.ts';
import type { Page } from '../../support/browser.ts';
import { theOperator, unique } from '../../support/fixtures.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { signedIn } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const BROWSER = { Accept: 'text/html' };

/** The response as a page, without following redirects. */
async function ask(path: string, init: RequestInit): Promise<Pick<Page, 'status' | 'headers' | 'html'>> {
  const response = await server.request(path, { ...init, headers: { ...BROWSER, ...init.headers } });
  return { status: response.status, headers: response.headers, html: await response.text() };
}

const form = (body: string) => ({
  method: 'POST',
  body,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...BROWSER },
});

describe('RFC 9700 §4.16, OWASP ASVS 5 §3.4: rules for every page', () => {
  it('J161: home, sign-in, failed sign-in, consent and sign-out follow the rules', async () => {
    const user = await server.user();
    const browser = server.browser();
    const login = await browser.get(codeRequest(await server.client()));
    expectGoodPage(login);
    const failed = await signIn(browser, login, { ...user, password: 'wrong' });
    expectGoodPage(failed, 401);
    expectGoodPage(await signIn(browser, failed, user));
    expectGoodPage(await browser.get('/logout'));
    expectGoodPage(await browser.get('/'));
    expectGoodPage(await server.browser().get('/'));
  });

  it.each<[string, number, string, RequestInit]>([
    ['an unknown client', 400, '/oauth/authorize?client_id=nobody', {}],
    ['no parameters', 400, '/oauth/authorize', {}],
    ['a query that is not UTF-8', 400, '/oauth/authorize?client_id=%ff', {}],
    ['an unknown request', 400, '/consent?request=x', {}],
    [
      'a form with another media type',
      400,
      '/login',
      { method: 'POST', body: '{}', headers: { 'Content-Type': 'text/json' } },
    ],
    ['a form without a cookie', 403, '/login', form('username=a&password=b')],
    ['an unknown path', 404, '/nowhere', {}],
    ['an unknown file', 404, '/graphiql/nowhere.js', {}],
    ['a method that is not allowed', 405, '/login', { method: 'DELETE' }],
    ['a form that is too large', 413, '/login', form(`a=${'x'.repeat(33_000)}`)],
    ['another host name', 421, '/login', { headers: { Host: 'evil.example' } }],
  ])('J161 J163: the page for %s, %i, follows the rules', async (_, status, path, init) => {
    const page = await ask(path, init);
    if (path.startsWith('/graphiql')) expectCleanResponse(page, page.html);
    expectGoodPage(page, status);
    expect(page.headers.get('Location')).toBeNull();
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it('J163: the page and the JSON for an internal error, 500, name the request and nothing of the cause', async () => {
    const run = (text: string) => server.database.em().execute(text);
    const browser = (await signedIn(server)).browser;
    await run('ALTER TABLE sessions RENAME TO sessions_elsewhere');
    await run('ALTER TABLE clients RENAME TO clients_elsewhere');
    try {
      const { status, headers, html } = await browser.get('/');
      // Everything except the status is as on other pages.
      expectGoodPage({ status: 400, headers, html }, 400);
      const id = headers.get('X-Request-Id') ?? '';
      expect([status, html.includes(`Request id: <code>${id}</code>`), /sessions|relation/.test(html)]).toEqual([
        500,
        true,
        false,
      ]);
      expect(server.log.filter((line) => line.includes(id) && line.includes('"level":50'))).toHaveLength(1);

      const answer = await server.token({ grant_type: 'client_credentials' }, { clientId: 'a', secret: 'b' });
      expectCleanResponse({ ...answer, status: 400 }, answer.body);
      expect([answer.status, answer.body.error]).toEqual([500, 'server_error']);
      expect(answer.body.error_description).not.toMatch(/clients|relation/);
    } finally {
      await run('ALTER TABLE sessions_elsewhere RENAME TO sessions');
      await run('ALTER TABLE clients_elsewhere RENAME TO clients');
    }
    expect((await browser.get('/')).status).toBe(200);
  });
});

describe('OWASP ASVS 5 §1.2.1: user input is escaped', () => {
  const MARKUP = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;
  const ESCAPED = '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;&amp;amp;';

  it('J161: names of clients, users, owners and scopes are escaped on the consent page', async () => {
    const scope = unique('shop:read');
    await createScope(server.database.em(), theOperator(), { name: scope, description: `See ${MARKUP}` });
    const client = await server.client({ name: `App ${MARKUP}`, scope: `${scope} profile` });
    const named = (word: string) => ({
      username: `${word} ${MARKUP} ${unique('x')}`,
      email: `${unique('person')}@example.com`,
    });
    const owner = await server.user(named('Owner'));
    await server.database
      .em()
      .execute('UPDATE clients SET owner_id = ? WHERE client_id = ?', [owner.uuid, client.clientId]);
    const user = await server.user(named('User'));

    const browser = server.browser();
    const login = await browser.get(codeRequest(client, { state: MARKUP }));
    expectGoodPage(login);
    expect(login.html).toContain(`<strong>App ${ESCAPED}</strong>`);
    const page = await signIn(browser, login, user);
    expectGoodPage(page);
    expect(page.html).toContain(`<title>Allow App ${ESCAPED}? · Gatehouse</title>`);
    expect(page.html).toContain(`<h1>Allow <strong>App ${ESCAPED}</strong>?</h1>`);
    expect(page.html).toContain(`See ${ESCAPED}`);
    expect(page.html).toContain(`<strong>User ${ESCAPED}`);
    expect(page.html).toContain(`registered by <strong>Owner ${ESCAPED}`);

    expectGoodPage(await browser.get('/'));
    expect((await browser.get('/logout')).html).toContain(`<strong>User ${ESCAPED}`);
    expect(responseParams(sentTo(await browser.submit(page, {}, 'allow')))).toMatchObject({ state: MARKUP });

    const again = await browser.get(codeRequest(client, { scope: `${scope} profile`, state: MARKUP }));
    expect(sentTo(again)).toContain('code=');
  });

  it('J161: descriptions of scopes that were already allowed are escaped', async () => {
    const scope = unique('shop:write');
    await createScope(server.database.em(), theOperator(), { name: scope, description: `Write ${MARKUP}` });
    const client = await server.client({ scope: `${scope} profile` });
    const browser = server.browser();
    const page = await reachConsent(server, codeRequest(client, { scope }), await server.user(), browser);
    await browser.submit(page, {}, 'allow');
    const more = await browser.get(codeRequest(client, { scope: `${scope} profile` }));
    expectGoodPage(more);
    expect(more.html).toContain(`<li>Write ${ESCAPED}</li>`);
  });

  it('J161: the username of a failed sign-in is escaped', async () => {
    const browser = server.browser();
    const page = await signIn(browser, await browser.get('/login'), {
      username: MARKUP,
      password: `${MARKUP} as password`,
    });
    expectGoodPage(page, 401);
    expect(page.html).toContain(`value="${ESCAPED}"`);
    expect(page.forms[0]?.fields.get('username')).toBe(MARKUP);
  });

  it('J161: parameters of the URL are escaped', async () => {
    for (const path of ['/login', '/consent', '/logout', '/setup', '/oauth/authorize', '/']) {
      const names = ['request', 'client_id', 'ticket', 'error', 'message', MARKUP];
      const page = await server.browser().get(`${path}?${new URLSearchParams(names.map((name) => [name, MARKUP]))}`);
      expect(page.html).not.toMatch(/alert\(/);
      expectGoodPage(page, page.status);
    }
  });

  it('J161: the request is escaped in the link on a page that is out of date', async () => {
    const request = `x"><script>alert(1)</script>&decision=allow`;
    const page = await server.browser().post('/consent', { request, decision: 'allow' });
    expectGoodPage(page, 403);
    expect(page.html).toContain(`href="/consent?request=${encodeURIComponent(request)}"`);
  });
});
