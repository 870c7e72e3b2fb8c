import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Browser } from '../../support/browser.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { signInTo } from '../../support/relying-party.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { sessionsOf, signedIn, whoIs } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
afterEach(() => {
  vi.useRealTimers();
});

const BACK = 'https://client.example/signed-out?from=gatehouse';
const register = () => server.client({ postLogoutRedirectUris: [BACK, 'https://client.example/other'] });

const link = (query: Record<string, string>): string => `/oauth/logout?${new URLSearchParams(query)}`;

/** An app in which a new user is signed in, and their browser. */
async function inAnApp() {
  const [client, user] = [await register(), await server.user()];
  return { client, user, ...(await signInTo(server, client, user)) };
}

const isAsked = async (browser: Browser, query: Record<string, string>) => {
  const page = await browser.get(link(query));
  expectGoodPage(page);
  expect(page.html).toContain('<h1>Sign out?</h1>');
  return page;
};

describe('RP-Initiated Logout §2: a request with an ID token of this session', () => {
  it('the user is signed out without confirmation and returns to the app with its state', async () => {
    const { browser, idToken, user } = await inAnApp();
    const query = { id_token_hint: idToken, post_logout_redirect_uri: BACK, state: 'a b&c=d' };
    const page = await browser.get(link(query));
    expect([page.status, page.location]).toEqual([303, `${BACK}&state=a+b%26c%3Dd`]);
    expect(page.headers.get('Referrer-Policy')).toBe('no-referrer');
    expect([await whoIs(browser), await sessionsOf(server, user)]).toEqual([undefined, 0]);
  });

  it('POST works as well, also from another site, whose form brings no cookie', async () => {
    const { browser, idToken } = await inAnApp();
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: BACK };
    const cookies = new Map(browser.cookies);
    browser.cookies.clear();
    const first = await server.request('/oauth/logout', { method: 'POST', body: new URLSearchParams(fields) });
    expect([first.status, await first.text()]).toEqual([303, '']);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    const page = await browser.get(first.headers.get('Location') ?? '');
    expect([page.status, page.location, await whoIs(browser)]).toEqual([303, BACK, undefined]);

    const again = await inAnApp();
    const direct = await again.browser.post('/oauth/logout', { ...fields, id_token_hint: again.idToken });
    expect([direct.location, await whoIs(again.browser)]).toEqual([BACK, undefined]);
  });

  it('an ID token that expired long ago is still accepted', async () => {
    const { browser, idToken } = await inAnApp();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 5 * 3_600_000 });
    const page = await browser.get(link({ id_token_hint: idToken, post_logout_redirect_uri: BACK }));
    expect([page.location, await whoIs(browser)]).toEqual([BACK, undefined]);
  });

  it('without a redirect URI the user ends at the home page', async () => {
    const { browser, idToken, client } = await inAnApp();
    const query = { id_token_hint: idToken, client_id: client.clientId, logout_hint: 'x', ui_locales: 'de fr' };
    const page = await browser.get(link(query));
    expectGoodPage(page);
    expect(page.html).toContain('You are not signed in');
  });
});

describe('RP-Initiated Logout §2, §6: a request without an ID token of this session', () => {
  it('the page asks for confirmation, names the app and returns to it', async () => {
    const { browser, client, user } = await inAnApp();
    const page = await isAsked(browser, {
      client_id: client.clientId,
      post_logout_redirect_uri: BACK,
      state: 'x"><b>',
    });
    expect(page.html).toMatch(/<strong>Test app-[^<]+<\/strong> asks/);
    expect(await whoIs(browser)).toBe(user.username);
    const after = await browser.submit(page);
    expect([after.location, await whoIs(browser)]).toEqual([`${BACK}&state=x%22%3E%3Cb%3E`, undefined]);
  });

  it('the user can stay signed in and still returns to the app', async () => {
    const { browser, client, user } = await inAnApp();
    const page = await isAsked(browser, { client_id: client.clientId, post_logout_redirect_uri: BACK });
    expect((await browser.submit(page, {}, 'stay')).location).toBe(BACK);
    const plain = await isAsked(browser, {});
    expect(new URL((await browser.submit(plain, {}, 'stay')).url).pathname).toBe('/');
    expect(await whoIs(browser)).toBe(user.username);
  });

  it('the page asks for confirmation if the user signed in again or is another user', async () => {
    const first = await inAnApp();
    await first.browser.submit(await first.browser.get('/logout'));
    const { browser } = await signInTo(server, first.client, first.user, first.browser);
    await isAsked(browser, { id_token_hint: first.idToken });
    const other = await signedIn(server);
    await isAsked(other.browser, { id_token_hint: first.idToken, post_logout_redirect_uri: BACK });
    expect([await whoIs(browser), await whoIs(other.browser)]).toEqual([first.user.username, other.user.username]);
  });

  it('a browser without a session is redirected at once', async () => {
    const { client, idToken } = await inAnApp();
    for (const query of [{ client_id: client.clientId }, { id_token_hint: idToken }] as Record<string, string>[]) {
      const page = await server.browser().get(link({ ...query, post_logout_redirect_uri: BACK }));
      expect(page.location).toBe(BACK);
    }
    expect((await server.browser().get('/oauth/logout')).html).toContain('You are not signed in');
  });

  it('J164: parameters of the page are ignored without its CSRF token', async () => {
    const { browser, client, user } = await inAnApp();
    const fields = { client_id: client.clientId, post_logout_redirect_uri: BACK };
    const page = await browser.post('/logout', { ...fields, csrf: 'x' });
    expectGoodPage(page, 403);
    expect(await whoIs(browser)).toBe(user.username);
  });
});

describe('RP-Initiated Logout §3: redirects to registered URIs only', () => {
  it.each([
    'https://evil.example/',
    '//evil.example',
    'https://client.example/signed-out',
    `${BACK}#x`,
    `${BACK}&more=1`,
    'https://client.example/cb',
    'HTTPS://client.example/other',
    'https://client.example:443/other',
    'javascript:alert(1)',
    ' https://client.example/other',
  ])('J178: %s gets no redirect', async (post_logout_redirect_uri) => {
    const { browser, client, idToken, user } = await inAnApp();
    for (const proof of [{ id_token_hint: idToken }, { client_id: client.clientId }] as Record<string, string>[]) {
      const page = await browser.get(link({ ...proof, post_logout_redirect_uri }));
      expectGoodPage(page, 400);
      expect(page.location).toBeUndefined();
      expect(page.html).toContain('href="/logout"');
    }
    const confirmation = await isAsked(browser, { client_id: client.clientId, post_logout_redirect_uri: BACK });
    const forged = await browser.submit(confirmation, { post_logout_redirect_uri });
    expectGoodPage(forged, 400);
    expect(await whoIs(browser)).toBe(user.username);
  });

  it('an app that is unknown, disabled or not the audience of the token gets no redirect', async () => {
    const { browser, client, idToken } = await inAnApp();
    const other = await register();
    for (const query of [
      { client_id: 'nobody', post_logout_redirect_uri: BACK },
      { client_id: 'x\0', post_logout_redirect_uri: BACK },
      { client_id: other.clientId, id_token_hint: idToken, post_logout_redirect_uri: BACK },
      { client_id: client.clientId, post_logout_redirect_uri: BACK, state: 'x'.repeat(2049) },
    ])
      expectGoodPage(await browser.get(link(query as Record<string, string>)), 400);
    const twice = `${link({ client_id: client.clientId })}&client_id=${client.clientId}`;
    expectGoodPage(await browser.get(twice), 400);
    await server.database.em().execute('UPDATE clients SET disabled = true WHERE client_id = ?', [client.clientId]);
    expect(await whoIs(browser)).toBeDefined();
    const page = await browser.get(link({ id_token_hint: idToken, post_logout_redirect_uri: BACK }));
    expect([page.location, new URL(page.url).pathname]).toEqual([undefined, '/']);
  });

  it('without a hint, or with one that cannot be verified, the user is asked and stays here', async () => {
    const { browser, client, idToken, accessToken, user } = await inAnApp();
    for (const query of [
      { post_logout_redirect_uri: BACK },
      { post_logout_redirect_uri: 'https://evil.example/' },
      { id_token_hint: 'x', post_logout_redirect_uri: BACK },
      { id_token_hint: `${idToken.slice(0, -4)}AAAA`, post_logout_redirect_uri: BACK },
      { id_token_hint: `${idToken.split('.').slice(0, 2).join('.')}.` },
      { id_token_hint: accessToken },
    ] as Record<string, string>[]) {
      const asked = await isAsked(browser, query);
      expect(new URL((await browser.submit(asked, {}, 'stay')).url).pathname).toBe('/');
    }
    const asked = await isAsked(browser, {
      client_id: client.clientId,
      id_token_hint: 'x',
      post_logout_redirect_uri: BACK,
    });
    expect(await whoIs(browser)).toBe(user.username);
    expect((await browser.submit(asked)).location).toBe(BACK);
  });
});
