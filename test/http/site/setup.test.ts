import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeHandle } from '../../../src/crypto/secrets.ts';
import { issueSetupTicket } from '../../../src/store/setup-ticket.ts';
import { signIn } from '../../support/authorize.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { unique } from '../../support/fixtures.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { isHome, sessionCookie } from '../../support/sessions.ts';

const PASSWORD = 'a lantern at the gate';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

const run = (text: string, values: unknown[] = []) => server.database.em().execute(text, values);
const administrators = async (): Promise<string[]> =>
  (await run('SELECT username FROM users WHERE superuser ORDER BY username')).map(({ username }) => username);

// There is a link only while there is no administrator, so each test starts without one.
afterEach(() => run('UPDATE users SET superuser = false'));

/** The link that a new start would print. */
async function freshLink(): Promise<string> {
  return `/setup?ticket=${await issueSetupTicket(server.database.sql, new Date())}`;
}

const typed = (username: string, password = PASSWORD) => ({ username, password, repeated: password });

function expectSpent(page: Page): void {
  expectGoodPage(page, 400);
  expect(page.html).toContain('This set-up link no longer works');
  expect(page.forms).toEqual([]);
}

describe('The set-up link', () => {
  it('the link is printed at the first start but not logged, and not printed if an administrator exists', async () => {
    const ticket = /\/setup\?ticket=(\S+)/.exec(server.printed)?.[1] ?? '';
    expect(ticket).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(server.log.join('')).not.toContain(ticket);
    const named = await startServer({ ADMIN_USERNAME: 'olivia', ADMIN_PASSWORD: PASSWORD });
    try {
      expect(named.printed).not.toContain('ticket');
      expectSpent(await named.browser().get('/setup'));
    } finally {
      await named.close();
    }
  });

  it('the ticket is removed from the URL before the page is shown', async () => {
    const link = await freshLink();
    const response = await server.request(link);
    expectCleanResponse(response, await response.clone().text());
    expect([response.status, response.headers.get('Location'), await response.text()]).toEqual([303, '/setup', '']);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^gatehouse-setup-\d+=[A-Za-z0-9_-]{43}; path=\/; samesite=lax; httponly$/);

    const page = await server.browser().get(link);
    expectGoodPage(page);
    expect(page.url).toBe(`${server.config.issuer}/setup`);
    expect(page.html).not.toContain(link.split('=')[1]);
  });

  it('the link creates one administrator, who can sign in, and works once', async () => {
    const link = await freshLink();
    const [browser, username] = [server.browser(), unique('olivia')];
    const form = await browser.get(link);
    const login = await browser.submit(form, { ...typed(username), email: `${username}@example.com` });
    expect(new URL(login.url).pathname).toBe('/login');
    expect([...browser.cookies.keys()]).toEqual([sessionCookie(server)]);
    expect(isHome(await signIn(browser, login, { username, password: PASSWORD }))).toBe(true);
    expect(await administrators()).toEqual([username]);

    expectSpent(await server.browser().get(link));
    expectSpent(await browser.get('/setup'));
    expectSpent(await browser.submit(form, typed(unique('mallory'))));
    expect(await administrators()).toEqual([username]);
    expect(await run("SELECT 1 FROM audit_events WHERE kind = 'setup.completed'")).not.toEqual([]);
  });

  it('the link stops working when an administrator is created in another way', async () => {
    const browser = server.browser();
    const form = await browser.get(await freshLink());
    const { username } = await server.user({ superuser: true });
    expectSpent(await browser.submit(form, typed(unique('mallory'))));
    expectSpent(await browser.get('/setup'));
    expect(await administrators()).toEqual([username]);
  });

  it('the link works for an hour', async () => {
    const browser = server.browser();
    const form = await browser.get(await freshLink());
    const [ticket] = await run('SELECT extract(epoch FROM expires_at - created_at)::int AS seconds FROM setup_tickets');
    expect(ticket).toEqual({ seconds: 3600 });
    await run("UPDATE setup_tickets SET expires_at = expires_at - interval '3601 seconds'");
    expectSpent(await browser.get('/setup'));
    expectSpent(await browser.submit(form, typed(unique('mallory'))));
    expect(await administrators()).toEqual([]);
  });

  it.each([
    ['empty', ''],
    ['not one of this server', makeHandle()],
    ['too short', 'x'],
    ['too long', 'x'.repeat(5000)],
    ['not ASCII', '☃'],
    ['with a semicolon', 'a; Domain=example'],
    ['with a line break', 'a\r\nSet-Cookie: x=y'],
    ['with NUL', '\0'],
  ])('J182: a ticket that is %s gets 400', async (_, ticket) => {
    await freshLink();
    const browser = server.browser();
    const page = await browser.get(`/setup?${new URLSearchParams({ ticket })}`);
    expectSpent(page);
    expect([...browser.cookies.values()].join()).not.toMatch(/Domain|x=y/);
  });

  it('two ticket parameters are refused', async () => {
    const link = await freshLink();
    expectGoodPage(await server.browser().get(`${link}&ticket=x`), 400);
  });
});

describe('The set-up form', () => {
  const opened = async (): Promise<{ browser: Browser; form: Page }> => {
    const browser = server.browser();
    return { browser, form: await browser.get(await freshLink()) };
  };

  it.each<[string, Record<string, string>, string]>([
    ['no username', { username: '' }, 'The username must not be empty'],
    ['an email as username', { username: 'olivia@example.com' }, 'A username cannot contain @'],
    ['a username with NUL', { username: 'oli\0via' }, 'The username contains invisible characters'],
    ['an invalid email', { email: 'olivia' }, 'This is not an email address'],
    ['a short password', { password: 'short', repeated: 'short' }, 'A password needs at least 8 characters'],
    [
      'a long password',
      { password: 'x'.repeat(1025), repeated: 'x'.repeat(1025) },
      'A password has at most 1024 characters',
    ],
    ['a password with NUL', { password: 'a lantern\0', repeated: 'a lantern\0' }, 'characters that cannot be stored'],
    ['two different passwords', { repeated: `${PASSWORD}!` }, 'The two passwords are not the same'],
  ])(
    'J182: %s is shown again with the error and without passwords, and the link still works',
    async (_, wrong, sentence) => {
      const { browser, form } = await opened();
      const fields = { ...typed(unique('olivia')), email: 'olivia@example.org', ...wrong };
      const page = await expectNothingWritten(server, () => browser.submit(form, fields));
      expectGoodPage(page, 400);
      expect(page.html).toContain(sentence);
      expect(page.html).toMatch(/role="alert"/);
      expect(page.forms[0]?.fields.get('username')).toBe(fields.username);
      expect(page.forms[0]?.fields.get('email')).toBe(fields.email);
      expect([page.forms[0]?.fields.get('password'), page.forms[0]?.fields.get('repeated')]).toEqual(['', '']);
      expect(page.html).not.toContain(fields.password);

      const login = await browser.submit(page, { ...typed(unique('olivia')), email: '' });
      expect(new URL(login.url).pathname).toBe('/login');
    },
  );

  it('a username that is taken is shown again with the error', async () => {
    const { username } = await server.user();
    const { browser, form } = await opened();
    const page = await expectNothingWritten(server, () => browser.submit(form, typed(username.toUpperCase())));
    expectGoodPage(page, 400);
    expect(page.html).toContain('This username or email is already taken.');
  });

  it('J173: ten submissions at once create one administrator', async () => {
    const link = await freshLink();
    const people = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const browser = server.browser();
        return { browser, form: await browser.get(link), username: unique('olivia') };
      }),
    );
    const pages = await Promise.all(people.map(({ browser, form, username }) => browser.submit(form, typed(username))));
    const winners = people.filter((_, at) => new URL(pages[at]!.url).pathname === '/login');
    expect(winners).toHaveLength(1);
    expect(await administrators()).toEqual([winners[0]?.username]);
    for (const page of pages.filter(({ url }) => new URL(url).pathname !== '/login')) expectSpent(page);
  });
});
