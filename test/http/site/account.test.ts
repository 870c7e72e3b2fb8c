import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeAccount, rowOf, signInElsewhere } from '../../support/account.ts';
import { signIn } from '../../support/authorize.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { sessionCookie, sessionsOf, signedIn, whoIs } from '../../support/sessions.ts';
import { bearerStatus, expectRevoked, tokenPair } from '../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const NEW = 'a password nobody had before';

describe('The account page', () => {
  it('a user who is not signed in signs in first and returns to the page', async () => {
    const [browser, user] = [server.browser(), await server.user()];
    const login = await browser.get('/account');
    expect(new URL(login.url).pathname).toBe('/login');
    const failed = await signIn(browser, login, { ...user, password: 'quite wrong' });
    const page = await signIn(browser, failed, user);
    expect(new URL(page.url).pathname).toBe('/account');
    expectGoodPage(page);
    expect(page.html).toContain(`<strong>${user.username}</strong>`);
    expect((await browser.get('/')).html).toContain('href="/account"');
  });

  it.each(['//evil.example', 'https://evil.example', '/graphiql'])(
    'J178: sign-in with to=%s leads to no other page',
    async (to) => {
      const [browser, user] = [server.browser(), await server.user()];
      const login = await browser.get(`/login?${new URLSearchParams({ to })}`);
      const page = await browser.post('/login', { ...Object.fromEntries(login.forms[0]?.fields ?? []), ...user, to });
      expect([page.location, new URL(page.url).pathname]).toEqual([undefined, '/']);
    },
  );

  it('the user changes their names, which are stored as text', async () => {
    const { browser, user } = await signedIn(server);
    const names = { firstName: 'Zoë <b>', lastName: '' };
    const page = await changeAccount(browser, await browser.get('/account'), 'profile', names);
    expectGoodPage(page);
    expect(new URL(page.url).search).toBe('?done=profile');
    expect(page.html).toContain('Your name is saved.');
    expect(page.html).toContain('value="Zoë &lt;b&gt;"');
    expect(await rowOf(server, user)).toMatchObject({ first_name: 'Zoë <b>', last_name: '' });
  });

  it('an error is shown with the typed values, and nothing is changed', async () => {
    const { browser, user } = await signedIn(server, { firstName: 'Ada' });
    const page = await changeAccount(browser, await browser.get('/account'), 'profile', { firstName: 'x'.repeat(151) });
    expectGoodPage(page, 400);
    expect(page.html).toContain('role="alert"');
    expect(page.forms[0]?.fields.get('firstName')).toBe('x'.repeat(151));
    expect(await rowOf(server, user)).toMatchObject({ first_name: 'Ada' });
  });

  it('ASVS 6.2.3: a change of the email needs the current password, and the new email is not verified', async () => {
    const { browser, user } = await signedIn(server, { emailVerified: true });
    const account = await browser.get('/account');
    const email = `new-${user.email}`;
    for (const [fields, words] of [
      [{ email }, 'This is not your current password.'],
      [{ email, currentPassword: 'quite wrong' }, 'This is not your current password.'],
      [{ email: 'nobody', currentPassword: user.password }, 'This is not an email address.'],
    ] as const) {
      const page = await changeAccount(browser, account, 'email', fields);
      expectGoodPage(page, 400);
      expect(page.html).toContain(words);
      expect(await rowOf(server, user)).toMatchObject({ email: user.email, email_verified: true });
    }
    const page = await changeAccount(browser, account, 'email', { email, currentPassword: user.password });
    expect([page.status, page.html.includes('Your email is saved.')]).toEqual([200, true]);
    expect(page.html).not.toContain(user.password);
    expect(await rowOf(server, user)).toMatchObject({ email, email_verified: false });
  });

  it('J188: a change of the password needs the current one and ends all other sessions and all authorizations', async () => {
    const { browser, user } = await signedIn(server);
    const [client, there] = [await server.client(), await signInElsewhere(server, user)];
    const pair = await tokenPair(server, client, {}, user);
    const account = await browser.get('/account');
    const wrong = { currentPassword: 'quite wrong', password: NEW, repeated: NEW };
    for (const fields of [
      wrong,
      { ...wrong, currentPassword: '' },
      { ...wrong, currentPassword: user.password, repeated: 'x' },
    ]) {
      const page = await changeAccount(browser, account, 'password', fields);
      expectGoodPage(page, 400);
      expect(page.html).not.toContain(NEW);
      expect(await bearerStatus(server, pair.access_token)).toBe(200);
    }
    const held = browser.cookies.get(sessionCookie(server)) ?? '';
    const page = await changeAccount(browser, account, 'password', { ...wrong, currentPassword: user.password });
    expect([page.status, page.html.includes('Your password is changed.')]).toEqual([200, true]);

    expect([await whoIs(browser), await whoIs(there), await sessionsOf(server, user)]).toEqual([
      user.username,
      undefined,
      1,
    ]);
    expect(await bearerStatus(server, pair.access_token)).toBe(401);
    await expectRevoked(server, client, pair);
    expect((await signIn(server.browser(), await server.browser().get('/login'), user)).status).not.toBe(200);
    // Otherwise a stolen copy of the old cookie would keep working.
    const thief = server.browser();
    thief.cookies.set(sessionCookie(server), held);
    expect(await whoIs(thief)).toBeUndefined();
  });

  it('J184: wrong guesses of the current password are counted', async () => {
    const { browser } = await signedIn(server);
    const account = await browser.get('/account');
    const guess = { currentPassword: 'a wrong guess', password: NEW, repeated: NEW };
    const answers: number[] = [];
    for (let n = 0; n < 12; n++) answers.push((await changeAccount(browser, account, 'password', guess)).status);
    expect([answers[0], answers.at(-1)]).toEqual([400, 429]);
  });
});
