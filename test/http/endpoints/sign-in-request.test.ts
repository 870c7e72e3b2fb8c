import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeRequest, reachConsent, responseParams, sentTo, signIn } from '../../support/authorize.ts';
import type { Browser, Page } from '../../support/browser.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { claimsIn } from '../../support/id-tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { exchange } from '../../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
let user: TestUser;
beforeAll(async () => {
  server = await startServer();
  client = await server.client();
  user = await server.user();
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

type Query = Record<string, string | undefined>;

const link = (query: Query = {}): string => codeRequest(client, { scope: 'openid read', state: 's', ...query });
const isLogin = ({ html }: Page): boolean => html.includes('name="password"');
const isConsent = ({ html }: Page): boolean => html.includes('name="decision"');

/** A browser in which `user` is signed in and has allowed the client `openid read`. */
async function knownBrowser(): Promise<Browser> {
  const browser = server.browser();
  const consent = await reachConsent(server, link({ prompt: 'consent' }), user, browser);
  await browser.submit(consent, {}, 'allow');
  return browser;
}

async function claimsOf(page: Page) {
  const { code = '' } = responseParams(sentTo(page));
  return claimsIn((await server.token(exchange(code), client)).body.id_token);
}

/** The error that the client receives; checks state and issuer. */
function expectRefusal(page: Page, error: string): void {
  expect(responseParams(sentTo(page))).toEqual({
    ...{ error, error_description: expect.any(String), state: 's', iss: server.config.issuer },
  });
}

describe('OpenID Connect Core 1.0 §3.1.2.1: prompt', () => {
  it('none: a user who is signed in and has allowed the app gets a response at once, without a page', async () => {
    const browser = await knownBrowser();
    const first = await claimsOf(await browser.get(link({ prompt: 'none', nonce: 'a' })));
    expect(first).toMatchObject({ sub: user.id, nonce: 'a' });
    const second = await claimsOf(await browser.get(link({ prompt: 'none' })));
    expect([second.auth_time, second.sid]).toEqual([first.auth_time, first.sid]);
  });

  it('none: login_required if nobody is signed in, and neither a cookie nor a request is stored', async () => {
    const browser = server.browser();
    const count = async () =>
      (await server.database.em().execute('SELECT count(*)::int AS n FROM authorization_requests'))[0];
    const before = await count();
    expectRefusal(await browser.get(link({ prompt: 'none' })), 'login_required');
    expect([browser.cookies.size, await count()]).toEqual([0, before]);
  });

  it('none: consent_required for more than was allowed, and for a client that requires consent every time', async () => {
    const browser = await knownBrowser();
    expectRefusal(await browser.get(link({ prompt: 'none', scope: 'openid email' })), 'consent_required');
    const asking = await server.client({ consent: 'ALWAYS' });
    const path = codeRequest(asking, { scope: 'openid', state: 's' });
    await browser.submit(await browser.get(path), {}, 'allow');
    expectRefusal(await browser.get(`${path}&prompt=none`), 'consent_required');
  });

  it.each(['none login', 'consent none', 'create', 'NONE', 'login nonsense'])(
    '%j is invalid_request',
    async (prompt) => {
      expectRefusal(await server.browser().get(link({ prompt })), 'invalid_request');
    },
  );

  it('login: the user signs in again in the same session, and auth_time is updated', async () => {
    const browser = await knownBrowser();
    const before = await claimsOf(await browser.get(link()));
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 60_000);
    const page = await browser.get(link({ prompt: 'login' }));
    expect(isLogin(page)).toBe(true);
    expect(page.forms[0]?.fields.get('username')).toBe(user.username);
    // Opening the URL of the request again does not skip the sign-in.
    expect(isLogin(await browser.get(page.url))).toBe(true);
    expect(isLogin(await browser.get(page.url.replace('/login', '/consent')))).toBe(true);
    const after = await claimsOf(await signIn(browser, await browser.get(page.url), user));
    expect(Number(after.auth_time) - Number(before.auth_time)).toBeGreaterThanOrEqual(60);
    expect(after.sid).toBe(before.sid);
  });

  it('consent: the page asks again for what was already allowed', async () => {
    const browser = await knownBrowser();
    const page = await browser.get(link({ prompt: 'consent' }));
    expect(isConsent(page)).toBe(true);
    expect(await claimsOf(await browser.submit(page, {}, 'allow'))).toMatchObject({ sub: user.id });
    expect(isConsent(await browser.get(link({ prompt: 'login consent' })))).toBe(false);
  });

  it('select_account: the page names the account and offers another, except directly after a sign-in', async () => {
    const browser = await knownBrowser();
    const page = await browser.get(link({ prompt: 'select_account' }));
    expect(isConsent(page)).toBe(true);
    expect(page.html).toContain(user.username);
    expect(page.html).toMatch(/href="\/logout\?request=[^"]+">Use another account/);
    expect(await claimsOf(await browser.submit(page, {}, 'allow'))).toMatchObject({ sub: user.id });

    const fresh = server.browser();
    const answer = await signIn(fresh, await fresh.get(link({ prompt: 'select_account' })), user);
    expect(await claimsOf(answer)).toMatchObject({ sub: user.id });
  });
});

describe('OpenID Connect Core 1.0 §3.1.2.1: max_age', () => {
  it('max_age requires a sign-in that is not older; with prompt=none the error is login_required', async () => {
    const browser = await knownBrowser();
    const before = await claimsOf(await browser.get(link({ max_age: '10000' })));
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 30_000);
    expect(await claimsOf(await browser.get(link({ max_age: '60' })))).toMatchObject({ auth_time: before.auth_time });
    expectRefusal(await browser.get(link({ max_age: '20', prompt: 'none' })), 'login_required');
    const page = await browser.get(link({ max_age: '20' }));
    expect(isLogin(page)).toBe(true);
    const after = await claimsOf(await signIn(browser, page, user));
    expect(Number(after.auth_time)).toBeGreaterThanOrEqual(Number(before.auth_time) + 30);
    expect(isLogin(await browser.get(link({ max_age: '0' })))).toBe(false);
    vi.setSystemTime(Date.now() + 1);
    expect(isLogin(await browser.get(link({ max_age: '0' })))).toBe(true);
  });

  it.each(['-1', '1.5', 'x', '99999999999'])('%j is invalid_request', async (max_age) => {
    expectRefusal(await server.browser().get(link({ max_age })), 'invalid_request');
  });
});

describe('OpenID Connect Core 1.0 §3.1.2.1: hints', () => {
  it('login_hint fills the form, escaped as text', async () => {
    const hint = async (login_hint: string) =>
      (await server.browser().get(link({ login_hint }))).forms[0]?.fields.get('username');
    expect(await hint('ada@example.com')).toBe('ada@example.com');
    expect(await hint('"><script>alert(1)</script>')).toBe('"><script>alert(1)</script>');
    expect(await hint('x'.repeat(321))).toBe('');
    expect(await hint('a\0b')).toBe('');
  });

  it('display, ui_locales, claims_locales and acr_values are ignored', async () => {
    const query = { display: 'popup', ui_locales: 'fr-CA fr', claims_locales: 'fr', acr_values: 'urn:x 3' };
    expect(isLogin(await server.browser().get(link(query)))).toBe(true);
  });

  it.each(['request', 'request_uri', 'registration'])('%s is refused with its own error code', async (name) => {
    const page = await server.browser().get(link({ [name]: 'https://client.example/r' }));
    expectRefusal(page, `${name}_not_supported`);
  });
});
