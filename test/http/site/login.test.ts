import { hash } from '@node-rs/argon2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from '../../support/authorize.ts';
import type { Page } from '../../support/browser.ts';
import { unique } from '../../support/fixtures.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { expectErrorPage, expectNothingWritten } from '../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { cookiesOf, isHome } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

async function tryToSignIn(username: string, password: string): Promise<Page> {
  const browser = server.browser();
  return signIn(browser, await browser.get('/login'), { username, password });
}

describe('Sign-in does not reveal which accounts exist', () => {
  it('J179: an unknown user, a wrong password and a disabled user get the same status, body and headers', async () => {
    const [known, disabled] = [await server.user(), await server.user()];
    await server.database.em().execute('UPDATE users SET disabled = true WHERE id = ?', [disabled.uuid]);
    const browser = server.browser();
    const page = await browser.get('/login');
    const attempts = [
      { username: unique('user'), password: known.password },
      { username: known.username, password: 'wrong horse battery' },
      { username: disabled.username, password: disabled.password },
      { username: disabled.username, password: 'wrong horse battery' },
    ];

    const answers = await expectNothingWritten(server, async () => {
      const got: Page[] = [];
      for (const attempt of attempts) got.push(await signIn(browser, page, attempt));
      return got;
    });
    const failures = answers.map(({ status, headers, html }, at) => {
      expectGoodPage({ status, headers, html }, 401);
      const { date, 'x-request-id': id, ...others } = Object.fromEntries(headers);
      expect([date, id]).toEqual([expect.any(String), expect.any(String)]);
      return { others, html: html.replaceAll(attempts[at]!.username, '…') };
    });
    expect(failures[0]?.html).toContain('The username or the password is wrong.');
    expect(failures.slice(1)).toEqual([failures[0], failures[0], failures[0]]);
  });

  it('ASVS 16.3.1: a wrong password is recorded for every kind of request', async () => {
    const browser = server.browser();
    const page = await browser.get('/login');
    const fields = {
      ...Object.fromEntries(page.forms[0]!.fields),
      username: unique('person'),
      password: 'wrong horse',
    };
    const failures = async () =>
      (await server.database.em().execute("SELECT id FROM audit_events WHERE kind = 'sign_in.failed'")).length;
    const before = await failures();
    expect((await browser.post('/login', { ...fields, request: 'A'.repeat(43) })).status).toBe(400);
    expect(await failures()).toBe(before + 1);
  });

  it('J179: the page does not repeat the password', async () => {
    const { html } = await tryToSignIn(unique('person'), 'a password that is wrong');
    expect(html).not.toContain('a password that is wrong');
    expect(server.log.join('')).not.toContain('a password that is wrong');
  });
});

describe('Spaces around a username', () => {
  it('a phone keyboard may add them: they are ignored, but not those of the password', async () => {
    const user = await server.user();
    const attempt = async (username: string, password: string) =>
      (await server.token({ grant_type: 'password', username, password }, await server.client())).status;
    for (const typed of [`${user.username} `, ` ${user.username}`, `${user.username}\u00a0`, `${user.email} `]) {
      expect([typed, await attempt(typed, user.password)]).toEqual([typed, 200]);
      const browser = server.browser();
      expect(isHome(await signIn(browser, await browser.get('/login'), { ...user, username: typed }))).toBe(true);
    }
    expect(await attempt(user.username, `${user.password} `)).toBe(400);
  });
});

describe('Redirects after sign-in', () => {
  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'J178: sign-in does not redirect to %s',
    async (target) => {
      const browser = server.browser();
      const names = ['return_to', 'redirect', 'next', 'url', 'redirect_uri'];
      const page = await browser.get(`/login?${new URLSearchParams(names.map((name) => [name, target]))}`);
      expect(page.html).not.toContain('evil');
      const user = await server.user();
      const { csrf } = Object.fromEntries(page.forms[0]!.fields);
      const fields = { username: user.username, password: user.password, csrf: csrf! };
      const answer = await browser.post('/login', { ...fields, return_to: target, next: target });
      expect([isHome(answer), answer.url]).toEqual([true, `${server.config.issuer}/`]);
    },
  );

  it('J178: a submitted form gets 303 to a path, without a body', async () => {
    const { username, password } = await server.user();
    const browser = server.browser();
    const page = await browser.get('/login');
    const response = await server.request('/login', {
      method: 'POST',
      body: new URLSearchParams({ ...Object.fromEntries(page.forms[0]!.fields), username, password }),
      headers: { Cookie: cookiesOf(browser), 'Sec-Fetch-Site': 'same-origin' },
    });
    const text = await response.text();
    expectCleanResponse(response, text);
    expect([response.status, response.headers.get('Location'), text]).toEqual([303, '/', '']);
  });
});

describe('OWASP ASVS 5 §6.2: passwords are used unchanged', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz'.repeat(40);

  it.each([
    ['72 characters', letters.slice(0, 72)],
    ['128 characters', letters.slice(0, 128)],
    ['1 024 characters', letters.slice(0, 1024)],
    ['1 024 characters of four bytes', '🙂'.repeat(1024)],
    ['spaces within and around', '  eight blanks  '],
    ['emoji and combining marks', '🙂🏳️‍🌈👩‍🚀 äöü'],
    ['markup and quotes', `<b>"'&amp;%00+\\`],
  ])('J181: a password of %s works', async (_, password) => {
    const { username } = await server.user({ password });
    expect(isHome(await tryToSignIn(username, password))).toBe(true);
    expect((await tryToSignIn(username, password.slice(0, -1))).status).toBe(401);
  });

  it('J181: the 73rd byte of a password matters', async () => {
    const password = letters.slice(0, 73);
    const { username } = await server.user({ password });
    expect((await tryToSignIn(username, password.slice(0, 72))).status).toBe(401);
    expect((await tryToSignIn(username, `${password.slice(0, 72)}!`)).status).toBe(401);
    expect(isHome(await tryToSignIn(username, password))).toBe(true);
  });

  it('J181: a password is the same in every Unicode composition', async () => {
    const password = 'Zwölf Boxkämpfer Ångström';
    const { username } = await server.user({ password: password.normalize('NFC') });
    expect(isHome(await tryToSignIn(username, password.normalize('NFD')))).toBe(true);
  });

  it('J181: more than 1 024 characters get 400 before anything is hashed', async () => {
    const { username, uuid } = await server.user();
    // Verifying against this hash throws, so that 400 proves it was not attempted.
    await server.database.em().execute("UPDATE users SET password_hash = 'no hash' WHERE id = ?", [uuid]);
    for (const password of ['x'.repeat(1025), '🙂'.repeat(1025), 'x'.repeat(30_000)]) {
      const page = await expectNothingWritten(server, () => tryToSignIn(username, password));
      expectGoodPage(page, 400);
      expect(page.html).toContain('at most 1024 characters');
    }
  });
});

describe('Input that cannot be stored', () => {
  it.each([
    ['a password with NUL', { password: 'correct\0horse battery' }],
    ['a username with NUL', { username: 'ali\0ce' }],
    ['an email with NUL', { username: 'alice\0@example.com' }],
    ['a username of one space', { username: ' ' }],
    ['a username of 20 000 characters', { username: 'x'.repeat(20_000) }],
  ] as [string, { username?: string; password?: string }][])('J182: %s is 401', async (_, given) => {
    const user = await server.user();
    const page = await expectNothingWritten(server, () =>
      tryToSignIn(given.username ?? user.username, given.password ?? user.password),
    );
    expectGoodPage(page, 401);
  });

  it.each(['%ED%A0%80', '%ff', '%', '%c3'])('J182: %s is not valid text and gets 400', async (bytes) => {
    const browser = server.browser();
    const csrf = (await browser.get('/login')).forms[0]?.fields.get('csrf');
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: cookiesOf(browser) };
    for (const body of [`csrf=${csrf}&username=a&password=${bytes}`, `csrf=${csrf}&username=${bytes}&password=b`])
      await expectErrorPage(await server.request('/login', { method: 'POST', body, headers }));
  });
});

describe('OWASP ASVS 5 §11.4: stored passwords', () => {
  const stored = async (uuid: string): Promise<string> => {
    const rows = await server.database.em().execute('SELECT password_hash FROM users WHERE id = ?', [uuid]);
    return rows[0]?.password_hash;
  };

  it('J187: passwords are stored as argon2id of OWASP strength, and an older hash is replaced at the next sign-in', async () => {
    const user = await server.user();
    expect(await stored(user.uuid)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const weak = await hash(user.password, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await server.database.em().execute('UPDATE users SET password_hash = ? WHERE id = ?', [weak, user.uuid]);

    expect((await tryToSignIn(user.username, 'not this one')).status).toBe(401);
    expect(await stored(user.uuid)).toBe(weak);
    expect(isHome(await tryToSignIn(user.username, user.password))).toBe(true);
    expect(await stored(user.uuid)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(isHome(await tryToSignIn(user.username, user.password))).toBe(true);
  });
});
