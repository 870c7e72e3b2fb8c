import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repeat, trySignIn } from '../../support/authentication-attempts.ts';
import { unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** On http the port of the issuer is in the name. */
const cookieName = () => `gatehouse-known-${new URL(server.config.issuer).port}`;

const knownFor = async (userId: string): Promise<number> =>
  (await server.database.em().execute('SELECT count(*)::int AS n FROM known_browsers WHERE user_id = ?', [userId]))[0]
    ?.n;

const openLogin = async (browser: ReturnType<TestServer['browser']>) => browser.get('/login?to=account');

async function signedIn() {
  const [user, browser] = [await server.user(), server.browser()];
  const page = await browser.submit(await openLogin(browser), { username: user.username, password: user.password });
  expect(page.url).toContain('/account');
  return { user, browser };
}

const signOut = async (browser: ReturnType<TestServer['browser']>) => browser.submit(await browser.get('/logout'));

describe('OWASP device cookies: a browser in which an account signed in before', () => {
  it('has one random cookie with the rules of the session cookie, for 180 days', async () => {
    const [user, form] = [await server.user(), await server.request('/login')];
    const csrf = /name="csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
    const headers = { Cookie: form.headers.getSetCookie()[0]?.split(';')[0] ?? '', 'Sec-Fetch-Site': 'same-origin' };
    const body = new URLSearchParams({ csrf, username: user.username, password: user.password });
    const response = await server.request('/login', { method: 'POST', body, headers });
    const [line = '', ...others] = response.headers.getSetCookie().filter((one) => one.startsWith(`${cookieName()}=`));
    expect(others).toEqual([]);
    expect(line).toMatch(/^gatehouse-known-\d+=[\w-]{43}; path=\/; expires=[^;]+; samesite=lax; httponly$/i);
    const expires = Date.parse(/expires=([^;]+)/i.exec(line)?.[1] ?? '');
    expect(Math.round((expires - Date.now()) / 86_400_000)).toBe(180);
  });

  it('keeps its cookie when another account signs in, and is known for both', async () => {
    const { user, browser } = await signedIn();
    const cookie = browser.cookies.get(cookieName());
    await signOut(browser);
    const other = await server.user();
    await browser.submit(await openLogin(browser), { username: other.username, password: other.password });
    expect(browser.cookies.get(cookieName())).toBe(cookie);
    expect([await knownFor(user.uuid), await knownFor(other.uuid)]).toEqual([1, 1]);
  });

  it('can sign in although its network has to wait, but only to that account and with its password', async () => {
    const { user, browser } = await signedIn();
    await signOut(browser);
    await repeat(30, () => trySignIn(server, unique('nobody'), 'Summer2026!'));
    const other = await server.user();
    const form = await openLogin(browser);
    expect((await browser.submit(form, { username: other.username, password: other.password })).status).toBe(429);
    expect((await browser.submit(form, { username: user.email, password: 'wrong' })).status).toBe(401);
    const page = await browser.submit(form, { username: user.username, password: user.password });
    expect(page.url).toContain('/account');
    await server.database.em().execute('DELETE FROM rate_limits');
  });

  it('has its own ten guesses at the account, and then a wait', async () => {
    const { user, browser } = await signedIn();
    await signOut(browser);
    const form = await openLogin(browser);
    await repeat(10, () => browser.submit(form, { username: user.username, password: 'wrong' }));
    expect((await browser.submit(form, { username: user.username, password: user.password })).status).toBe(429);
    expect((await trySignIn(server, user.username, user.password)).status).toBe(303);
    await server.database.em().execute('DELETE FROM rate_limits');
  });

  it('is forgotten when the password is changed, when the account is disabled and when it is deleted', async () => {
    const admin = await server.accessToken({ user: await server.user({ superuser: true }) });
    for (const change of [
      (id: string) => `setPassword(input: { id: "${id}", password: "another password" })`,
      (id: string) => `updateUser(input: { id: "${id}", disabled: true })`,
      (id: string) => `deleteUser(input: { id: "${id}" })`,
    ]) {
      const { user } = await signedIn();
      expect(await knownFor(user.uuid)).toBe(1);
      await server.graphql(`mutation { ${change(user.id)} { errors { message } } }`, admin);
      expect(await knownFor(user.uuid)).toBe(0);
    }
  });

  it('is one of at most fifty that are remembered for an account', async () => {
    const { user } = await signedIn();
    await server.database.em().execute(
      `INSERT INTO known_browsers (digest, user_id, expires_at)
       SELECT sha256(n::text::bytea), ?, now() + n * interval '1 second' FROM generate_series(1, 60) n`,
      [user.uuid],
    );
    await trySignIn(server, user.username, user.password);
    expect(await knownFor(user.uuid)).toBe(50);
  });
});
