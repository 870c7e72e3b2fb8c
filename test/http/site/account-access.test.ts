import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POWERFUL_SCOPES, SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { changeAccount, rowOf, signInElsewhere } from '../../support/account.ts';
import { codeRequest, issueCode, reachConsent, signIn } from '../../support/authorize.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { sessionsOf, signedIn, whoIs } from '../../support/sessions.ts';
import { bearerStatus, exchange, expectRevoked, tokenPair } from '../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

describe('Sessions on the account page', () => {
  it('ASVS 7.5.2: the page shows each session with browser, address and time, marks the current one and can end the others', async () => {
    const { browser, user } = await signedIn(server);
    const other = server.browser();
    const login = await other.get('/login');
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const fields = Object.fromEntries(login.forms[0]?.fields ?? []);
    await other.post(
      '/login',
      { ...fields, username: user.username, password: user.password },
      { 'User-Agent': agent },
    );

    const page = await browser.get('/account');
    expectGoodPage(page);
    expect(page.html).toMatch(
      /Firefox on Linux<\/strong><br>\s*<span class="small">Signed in <time datetime="[^"]+Z">[^<]+ UTC<\/time> from 127\.0\.0\.1/,
    );
    expect(page.html.match(/\(this one\)/g)).toHaveLength(1);
    const after = await changeAccount(browser, page, 'sessions', {});
    expectGoodPage(after);
    expect(after.html).not.toContain('Firefox on Linux');
    expect([await whoIs(browser), await whoIs(other)]).toEqual([user.username, undefined]);
  });

  it('sessions of other users cannot be ended with any id', async () => {
    const [{ browser }, victim] = [await signedIn(server), await signedIn(server)];
    const victimsPage = await victim.browser.get('/account');
    await signInElsewhere(server, victim.user);
    const shown = await victim.browser.get('/account');
    const session = shown.forms.find((form) => form.fields.get('section') === 'sessions')?.fields.get('session') ?? '';
    expect([victimsPage.status, /^ses_/.test(session)]).toEqual([200, true]);
    const account = await browser.get('/account');
    for (const id of [session, '', 'ses_x', "' OR 1=1"])
      expect((await changeAccount(browser, account, 'profile', { section: 'sessions', session: id })).status).toBe(200);
    expect(await sessionsOf(server, victim.user)).toBe(2);
  });

  it('Back-Channel Logout §2.7: access granted for the session ends with it, and other access stays', async () => {
    const user = await server.user();
    const client = await server.client();
    const granted = async (scope: string) => {
      const browser = server.browser();
      const page = await reachConsent(server, codeRequest(client, { scope }), user, browser);
      const { location = '' } = await browser.submit(page, {}, 'allow');
      const code = new URL(location).searchParams.get('code') ?? '';
      return { browser, pair: (await server.token(exchange(code), client)).body };
    };
    const [session, replaced, offline, plain] = [
      await granted('openid'),
      await granted('openid profile'),
      await granted('openid offline_access'),
      await granted('read'),
    ];
    for (const { browser } of [session, offline, plain]) await browser.submit(await browser.get('/logout'));
    // Another user signs in in the same browser.
    const again = await replaced.browser.get(codeRequest(client, { prompt: 'login' }));
    await signIn(replaced.browser, again, await server.user());
    for (const { pair } of [session, replaced]) await expectRevoked(server, client, pair);
    expect(await bearerStatus(server, offline.pair.access_token)).toBe(200);
    expect(await bearerStatus(server, plain.pair.access_token)).toBe(200);
  });
});

describe('Apps on the account page', () => {
  it('J191: the page shows what each app may do, and removing an app revokes all its tokens at once', async () => {
    const user = await server.user();
    const client = await server.client({ scope: 'openid profile write' });
    const pair = await tokenPair(server, client, { scope: 'openid profile write' }, user);
    const spare = await issueCode(server, client, { scope: 'openid profile write' }, user);
    const browser = await signInElsewhere(server, user);
    const page = await browser.get('/account');
    expectGoodPage(page);
    for (const scope of ['openid', 'profile', 'write'] as const)
      expect(page.html).toContain(
        `<li>${SCOPES[scope].description}${POWERFUL_SCOPES.has(scope) ? ' <em>(powerful)</em>' : ''} <code>${scope}</code></li>`,
      );
    expect(page.html).toMatch(/Since <time datetime="[^"]+">[^<]+<\/time>, last used <time/);

    const after = await changeAccount(browser, page, 'apps', {});
    expectGoodPage(after);
    expect(after.html).toContain('No app has access to your account.');
    await expectRevoked(server, client, pair);
    expect(await bearerStatus(server, pair.access_token)).toBe(401);
    expect((await server.token(exchange(spare), client)).body.error).toBe('invalid_grant');
    expect((await browser.get(codeRequest(client))).html).toContain('name="decision" value="allow"');
  });

  it('apps of other users are not affected', async () => {
    const [{ browser }, user] = [await signedIn(server), await server.user()];
    const client = await server.client();
    const pair = await tokenPair(server, client, {}, user);
    const account = await browser.get('/account');
    const page = await changeAccount(browser, account, 'profile', { section: 'apps', client_id: client.clientId });
    expect(page.status).toBe(200);
    expect((await changeAccount(browser, account, 'profile', { section: 'apps', client_id: 'nobody' })).status).toBe(
      400,
    );
    expect(await bearerStatus(server, pair.access_token)).toBe(200);
  });
});

const NEW = 'a password nobody had before';

describe('Forms of the account page', () => {
  it('an invalid client_id gets the same error as an unknown one', async () => {
    const { browser } = await signedIn(server);
    const page = await browser.get('/account');
    for (const client_id of ['a\0b', "a\0' OR 1=1 --", 'é', ''])
      expectGoodPage(await changeAccount(browser, page, 'profile', { section: 'apps', client_id }), 400);
  });

  it.each(['profile', 'email', 'password', 'sessions', 'apps'])(
    'J164 J188: %s from another site or without its CSRF token changes nothing',
    async (section) => {
      const { browser, user } = await signedIn(server, { firstName: 'Ada' });
      const there = await signInElsewhere(server, user);
      const page = await browser.get('/account');
      const form = page.forms.find((one) => one.fields.get('section') === section) ?? page.forms[0];
      const fields = { ...Object.fromEntries(form?.fields ?? []), section, currentPassword: user.password };
      const all = { ...fields, firstName: 'Eve', email: 'eve@evil.example', password: NEW, repeated: NEW };
      for (const [csrf, site] of [
        ['', 'same-origin'],
        [(await there.get('/account')).forms[0]?.fields.get('csrf') ?? '', 'same-origin'],
        [form?.fields.get('csrf') ?? '', 'cross-site'],
      ] as const) {
        const refused = await browser.post('/account', { ...all, csrf }, { 'Sec-Fetch-Site': site });
        expectGoodPage(refused, 403);
      }
      expect(await rowOf(server, user)).toMatchObject({ first_name: 'Ada', email: user.email });
      expect(await sessionsOf(server, user)).toBe(2);
      const status = (await browser.post('/account', { ...all, section: 'nothing' })).status;
      expect(status).toBe(400);
    },
  );
});
