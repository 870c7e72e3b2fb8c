import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest, reachConsent, sentTo, signIn } from '../../support/authorize.ts';
import type { TestUser } from '../../support/fixtures.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { cookiesOf, sessionCookie, sessionsOf, signedIn, whoIs } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('OWASP ASVS 5 §7.2.4: a new cookie at sign-in', () => {
  /** A browser with only this cookie value. */
  function holding(value: string | undefined) {
    const browser = server.browser();
    browser.cookies.set(sessionCookie(server), value ?? '');
    return browser;
  }

  it('J166: the cookie changes at every sign-in, and earlier ones stop working', async () => {
    const user = await server.user();
    const browser = server.browser();
    const page = await browser.get('/login');
    const before = browser.cookies.get(sessionCookie(server));
    await signIn(browser, page, user);
    const first = browser.cookies.get(sessionCookie(server));
    expect(await whoIs(browser)).toBe(user.username);

    // Signing in again from an old tab needs the old cookie, because its CSRF token belongs to it.
    const again = holding(before);
    await signIn(again, page, user);
    expect(new Set([before, first, again.cookies.get(sessionCookie(server))]).size).toBe(3);
    expect(await whoIs(holding(before))).toBeUndefined();
  });

  it('J166: signing in as another user ends the previous session', async () => {
    const [alice, bob] = [await server.user(), await server.user()];
    const browser = server.browser();
    const open = await browser.get('/login');
    await signIn(browser, open, alice);
    const alices = browser.cookies.get(sessionCookie(server));
    const logout = await browser.submit(await browser.get('/logout'));
    expect(await whoIs(holding(alices))).toBeUndefined();
    await signIn(browser, await browser.get('/login'), bob);

    expect(logout.status).toBe(200);
    expect(await whoIs(browser)).toBe(bob.username);
    expect([await sessionsOf(server, alice), await sessionsOf(server, bob)]).toEqual([0, 1]);
  });

  it('J167: a cookie and a request planted in a browser are useless to the attacker', async () => {
    const path = codeRequest(await server.client());
    const attacker = server.browser();
    const login = await attacker.get(path);
    const planted = attacker.cookies.get(sessionCookie(server));

    const victim = holding(planted);
    const consent = await signIn(victim, await victim.get(login.url), await server.user());
    expect(consent.html).toContain('name="decision"');
    expect(victim.cookies.get(sessionCookie(server))).not.toBe(planted);

    const handle = new URL(login.url).search;
    expectGoodPage(await attacker.get(`/consent${handle}`), 400);
    expectGoodPage(await attacker.get(`/login${handle}`), 400);
    expect(await whoIs(attacker)).toBeUndefined();
    const posted = { ...Object.fromEntries(consent.forms[0]!.fields), decision: 'allow' };
    expectGoodPage(await attacker.post('/consent', posted), 403);
    expect(sentTo(await victim.submit(consent, {}, 'allow'))).toContain('code=gac_');
  });

  it('J167: a request of another browser is not shown, whether a user is signed in or not', async () => {
    const login = await server.browser().get(codeRequest(await server.client({ name: 'Secret project' })));
    const { browser } = await signedIn(server);
    const handle = new URL(login.url).search;
    for (const page of [
      await browser.get(`/consent${handle}`),
      await browser.get(`/login${handle}`),
      await server.browser().get(`/login${handle}`),
      await server.browser().get(`/consent${handle}`),
    ]) {
      expectGoodPage(page, 400);
      expect(page.html).not.toContain('Secret project');
    }
  });

  it('N268: twenty sign-ins at once in one browser get different cookies, and the previous session ends', async () => {
    const { username, password, uuid } = await server.user();
    const browser = server.browser();
    const page = await browser.get('/login');
    const fields = { ...Object.fromEntries(page.forms[0]!.fields), username, password };
    const headers = { Cookie: cookiesOf(browser), 'Sec-Fetch-Site': 'same-origin' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        server.request('/login', { method: 'POST', body: new URLSearchParams(fields), headers }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(303));
    expect(new Set(answers.map((answer) => answer.headers.getSetCookie().join())).size).toBe(20);
    expect(await whoIs(browser)).toBeUndefined();
    expect(await sessionsOf(server, { uuid })).toBe(20);
  });
});

describe('Ended sessions', () => {
  const leadsToSignIn = async (end: (user: TestUser) => Promise<unknown>): Promise<void> => {
    const { browser, user } = await signedIn(server);
    const path = codeRequest(await server.client());
    const consent = await browser.get(path);
    await end(user);
    expect(await whoIs(browser)).toBeUndefined();
    expect(new URL((await browser.get(path)).url).pathname).toBe('/login');
    const late = await browser.submit(consent, {}, 'allow');
    expect([late.location, new URL(late.url).pathname]).toEqual([undefined, '/login']);
  };
  const run = (text: string, ...values: unknown[]) => server.database.em().execute(text, values);

  it('a session expires', () =>
    leadsToSignIn((user) => run('UPDATE sessions SET expires_at = created_at WHERE user_id = ?', user.uuid)));

  it('a session ends when its user is disabled', () =>
    leadsToSignIn((user) => run('UPDATE users SET disabled = true WHERE id = ?', user.uuid)));

  it('a session ends when its user is deleted', () =>
    leadsToSignIn((user) => run('DELETE FROM users WHERE id = ?', user.uuid)));

  it.each(['', 'x', 'x'.repeat(43), '"quoted"', 'a'.repeat(4000), '%00', '__proto__'])(
    'a cookie that is not valid (%s) identifies nobody',
    async (value) => {
      const response = await server.request('/', {
        headers: { Cookie: `${sessionCookie(server)}=${value}; constructor=1; =; ;;` },
      });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('You are not signed in');
    },
  );

  it('a consent page without a session leads to sign-in and back', async () => {
    const user = await server.user();
    const browser = server.browser();
    const consent = await reachConsent(server, codeRequest(await server.client()), user, browser);
    await run('DELETE FROM sessions WHERE user_id = ?', user.uuid);
    const login = await browser.get(consent.url);
    expect(new URL(login.url).pathname).toBe('/login');
    expect((await signIn(browser, login, user)).html).toContain('name="decision"');
  });
});
