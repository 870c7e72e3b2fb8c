import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest } from '../../support/authorize.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { sessionCookie, sessionsOf, signedIn, whoIs } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

describe('OWASP ASVS 5 §7.4.1: signing out', () => {
  it('J190: the page asks for confirmation, and a link alone ends nothing', async () => {
    const { browser, user } = await signedIn(server);
    const page = await browser.get('/logout');
    expectGoodPage(page);
    expect(page.html).toContain(`<strong>${user.username}</strong>`);
    expect([await sessionsOf(server, user), await whoIs(browser)]).toEqual([1, user.username]);
  });

  it('J190: signing out ends the session in the database, so that a copy of the cookie leads to sign-in', async () => {
    const { browser, user } = await signedIn(server);
    const held = browser.cookies.get(sessionCookie(server)) ?? '';
    const home = await browser.submit(await browser.get('/logout'));
    expect(new URL(home.url).pathname).toBe('/');
    expect(home.html).toContain('You are not signed in');
    expect(await sessionsOf(server, user)).toBe(0);
    expect(browser.cookies.get(sessionCookie(server))).not.toBe(held);

    const thief = server.browser();
    thief.cookies.set(sessionCookie(server), held);
    expect(await whoIs(thief)).toBeUndefined();
    expect(new URL((await thief.get(codeRequest(await server.client()))).url).pathname).toBe('/login');
  });

  it('J190: signing out ends this session and no other of the same user', async () => {
    const { browser, user } = await signedIn(server);
    const other = server.browser();
    await other.submit(await other.get('/login'), { username: user.username, password: user.password });
    await browser.submit(await browser.get('/logout'));
    expect([await whoIs(browser), await whoIs(other)]).toEqual([undefined, user.username]);
  });

  it('J190: signing out without a session is not an error', async () => {
    const page = await server.browser().get('/logout');
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/']);
  });

  it('J190: signing out twice is not an internal error', async () => {
    const { browser } = await signedIn(server);
    const page = await browser.get('/logout');
    const held = browser.cookies.get(sessionCookie(server)) ?? '';
    await browser.submit(page);
    browser.cookies.set(sessionCookie(server), held);
    const again = await browser.submit(page);
    expect([again.status, new URL(again.url).pathname]).toEqual([200, '/']);
  });

  it.each(['https://evil.example', '//evil.example', 'javascript:alert(1)', 'x"><b>'])(
    'J178: request=%s leads only to the sign-in page of this server',
    async (request) => {
      const { browser } = await signedIn(server);
      const page = await browser.get(`/logout?${new URLSearchParams({ request })}`);
      expectGoodPage(page);
      const after = await browser.submit(page);
      expect([after.location, new URL(after.url).pathname]).toEqual([undefined, '/login']);
      expectGoodPage(after, 400);
    },
  );
});
