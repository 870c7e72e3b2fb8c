import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueSetupTicket } from '../../../src/store/setup-ticket.ts';
import { codeRequest, reachConsent } from '../../support/authorize.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { unique } from '../../support/fixtures.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { sessionsOf, signedIn } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** A form of this server, filled in by a user in their browser. */
interface Filled {
  readonly browser: Browser;
  readonly page: Page;
  readonly fields: Record<string, string>;
}

const filled = (browser: Browser, page: Page, typed: Record<string, string> = {}): Filled => ({
  browser,
  page,
  fields: { ...Object.fromEntries(page.forms[0]?.fields ?? []), ...typed },
});

const FORMS: Record<string, () => Promise<Filled>> = {
  async '/login'() {
    const browser = server.browser();
    const { username, password } = await server.user();
    return filled(browser, await browser.get('/login'), { username, password });
  },
  async '/consent'() {
    const { browser } = await signedIn(server);
    const page = await browser.get(codeRequest(await server.client()));
    return filled(browser, page, { decision: 'allow' });
  },
  async '/logout'() {
    const { browser } = await signedIn(server);
    return filled(browser, await browser.get('/logout'));
  },
  async '/setup'() {
    const browser = server.browser();
    const ticket = await issueSetupTicket(server.database.sql, new Date());
    const password = 'a lantern at the gate';
    const page = await browser.get(`/setup?ticket=${ticket}`);
    return filled(browser, page, { username: unique('olivia'), password, repeated: password });
  },
};

const FETCH_METADATA = { 'Sec-Fetch-Site': '' };

/** A form of another site. The browser sends its cookies and the true origin of the form. */
const FROM_ELSEWHERE: [string, Record<string, string>][] = [
  ['Sec-Fetch-Site: cross-site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
  ['Sec-Fetch-Site: same-site, from another port', { 'Sec-Fetch-Site': 'same-site' }],
  ['Sec-Fetch-Site: none', { 'Sec-Fetch-Site': 'none' }],
  ['no Fetch Metadata and a foreign Origin', { ...FETCH_METADATA, Origin: 'https://evil.example' }],
  ['no Fetch Metadata and Origin: null', { ...FETCH_METADATA, Origin: 'null' }],
  ['no Fetch Metadata and no Origin', { ...FETCH_METADATA, Origin: '' }],
];

describe.each(Object.keys(FORMS))('OWASP CSRF, RFC 6749 §10.12: POST %s', (path) => {
  const refused = async ({ browser, fields }: Filled, headers: Record<string, string> = {}): Promise<void> => {
    const held = new Map(browser.cookies);
    const page = await expectNothingWritten(server, () => browser.post(path, fields, headers));
    expectGoodPage(page, 403);
    expect(page.html).toContain('This page is out of date');
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(browser.cookies).toEqual(held);
  };
  const form = (): Promise<Filled> => FORMS[path]!();

  it('J169: a form without a token or with a wrong one is refused', async () => {
    const { browser, page, fields } = await form();
    const { csrf = '', ...others } = fields;
    await refused({ browser, page, fields: others });
    for (const wrong of ['x', csrf.slice(0, -1), `${csrf}A`, csrf.toLowerCase(), 'a'.repeat(43), '\0'])
      await refused({ browser, page, fields: { ...others, csrf: wrong } });
  });

  it('J169: a token of another browser is refused', async () => {
    // The order matters, because a new set-up link replaces the previous one.
    const [theirs, mine] = [await form(), await form()];
    await refused({ ...mine, fields: { ...mine.fields, csrf: theirs.fields.csrf ?? '' } });
  });

  it.each(FROM_ELSEWHERE)('J170: %s is refused even with a valid token', async (_, headers) =>
    refused(await form(), headers),
  );

  it('J170: a form is accepted if the Origin matches and Fetch Metadata is missing', async () => {
    const { browser, fields } = await form();
    const page = await browser.post(path, fields, FETCH_METADATA);
    expect([page.status, page.html.includes('This page is out of date')]).toEqual([page.location ? 303 : 200, false]);
    // An administrator created here would leave the other tests of /setup without a ticket.
    await server.database.em().execute('UPDATE users SET superuser = false');
  });
});

describe('A page that is out of date', () => {
  it('J169: a page opened before a sign-in in another tab links to the same request', async () => {
    const client = await server.client();
    const browser = server.browser();
    const user = await server.user();
    const early = await browser.get(codeRequest(client));
    await reachConsent(server, codeRequest(client), user, browser);

    const page = await browser.submit(early, { username: user.username, password: user.password });
    expectGoodPage(page, 403);
    const href = /<a class="button" href="([^"]+)"/.exec(page.html)?.[1] ?? '';
    expect(href).toBe(`/login${new URL(early.url).search}`);
    const consent = await browser.get(href);
    expect([consent.status, consent.html.includes('name="decision"')]).toEqual([200, true]);
  });
});

describe('A CSRF token belongs to one form', () => {
  it('J169: the token of another page or of another request in the same browser is refused', async () => {
    const { browser, user } = await signedIn(server);
    const client = await server.client();
    const logout = filled(browser, await browser.get('/logout'));
    const [one, two] = [await browser.get(codeRequest(client)), await browser.get(codeRequest(client))];
    const [first, second] = [filled(browser, one, { decision: 'allow' }), filled(browser, two, { decision: 'allow' })];
    const mixed: [string, Record<string, string>, Filled][] = [
      ['/logout', logout.fields, first],
      ['/consent', first.fields, logout],
      ['/consent', first.fields, second],
    ];
    for (const [path, fields, { fields: others }] of mixed) {
      const answer = await browser.post(path, { ...fields, csrf: others.csrf ?? '' });
      expectGoodPage(answer, 403);
    }
    expect(await sessionsOf(server, user)).toBe(1);
    expect((await browser.post('/consent', second.fields)).location).toContain('code=gac_');
  });
});
