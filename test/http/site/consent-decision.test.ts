import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../../src/crypto/secrets.ts';
import { codeRequest, responseParams, sentTo, signIn } from '../../support/authorize.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { countRows, expectNothingWritten } from '../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { cookiesOf, signedIn, whoIs } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const formOf = (page: Page, decision: string): Record<string, string> => ({
  ...Object.fromEntries(page.forms[0]?.fields ?? []),
  decision,
});

/** A signed-in browser that shows the consent page. */
async function openConsent(query: Record<string, string> = {}) {
  const { browser, user } = await signedIn(server);
  const client = await server.client();
  return { browser, user, client, page: await browser.get(codeRequest(client, query)) };
}

function expectAnsweredBefore(page: Page): void {
  expectGoodPage(page, 400);
  expect(page.location).toBeUndefined();
  expect(page.html).not.toContain('gac_');
}

describe('RFC 6749 §4.1.2.1: access_denied', () => {
  it('A22: denying more scopes keeps what was already allowed', async () => {
    const { browser, client, page } = await openConsent({ scope: 'profile' });
    await browser.submit(page, {}, 'allow');
    const more = await browser.get(codeRequest(client, { scope: 'profile write' }));
    expect(responseParams(sentTo(await browser.submit(more, {}, 'deny'))).error).toBe('access_denied');
    expect(sentTo(await browser.get(codeRequest(client, { scope: 'profile' })))).toContain('code=');
    expect((await browser.get(codeRequest(client, { scope: 'profile write' }))).html).toContain('scope write');
  });

  it.each([undefined, '', 'ALLOW', 'yes', 'allow '])('A22: only the decision "allow" allows (%j)', async (decision) => {
    const { browser, page } = await openConsent();
    const { decision: _, ...fields } = formOf(page, '');
    const answer = await browser.post('/consent', { ...fields, ...(decision === undefined ? {} : { decision }) });
    expect(responseParams(sentTo(answer)).error).toBe('access_denied');
  });
});

describe('A request is decided once', () => {
  it.each([
    ['allow', 'allow'],
    ['deny', 'allow'],
    ['allow', 'deny'],
    ['deny', 'deny'],
  ])('J173: after %s, going back and choosing %s gets an error page', async (first, second) => {
    const { browser, page } = await openConsent();
    const answer = sentTo(await browser.submit(page, {}, first));
    expect(answer).toContain(first === 'allow' ? 'code=' : 'error=access_denied');
    await expectNothingWritten(server, async () => {
      expectAnsweredBefore(await browser.submit(page, {}, second));
      expectAnsweredBefore(await browser.get(page.url));
      expectAnsweredBefore(await browser.get(`/login${new URL(page.url).search}`));
    });
  });

  it.each([
    ['allow', 'allow'],
    ['allow', 'deny'],
  ])('J173: %s and %s ten times at once get one redirect and nine error pages', async (one, other) => {
    const { browser, page } = await openConsent();
    const before = await countRows(server);
    const headers = { Cookie: cookiesOf(browser), 'Sec-Fetch-Site': 'same-origin' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) => {
        const body = new URLSearchParams(formOf(page, at % 2 === 0 ? one : other));
        return server.request('/consent', { method: 'POST', body, headers });
      }),
    );
    for (const answer of answers) expectCleanResponse(answer, await answer.text());
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([303, ...Array(9).fill(400)]);
    const after = await countRows(server);
    const allowed = answers.some((answer) => answer.headers.get('Location')?.includes('code='));
    for (const table of ['authorizations', 'authorization_codes', 'consents'])
      expect([table, after[table]]).toEqual([table, (before[table] ?? 0) + (allowed ? 1 : 0)]);
  });

  it('J173: a decision on an expired request gets an error page', async () => {
    const { browser, page } = await openConsent();
    const late = 'UPDATE authorization_requests SET expires_at = created_at WHERE digest = ?';
    const handle = new URL(page.url).searchParams.get('request') ?? '';
    await server.database.em().execute(late, [digest(handle)]);
    expectAnsweredBefore(await browser.submit(page, {}, 'allow'));
  });

  it.each(['', 'x', 'a'.repeat(43), '\0', 'é'.repeat(1000), "' OR 1=1 --"])(
    'J167: an unknown request gets an error page (%.10j)',
    async (request) => {
      const { browser } = await signedIn(server);
      const query = `?${new URLSearchParams({ request })}`;
      expectGoodPage(await browser.get(`/consent${query}`), 400);
      if (request !== '') expectGoodPage(await server.browser().get(`/login${query}`), 400);
    },
  );

  it.each([
    ['disabled', 'UPDATE clients SET disabled = true WHERE client_id = ?'],
    ['without that redirect URI', "UPDATE clients SET redirect_uris = '{https://other.example/}' WHERE client_id = ?"],
    ['without that scope', "UPDATE clients SET scopes = '{openid}' WHERE client_id = ?"],
  ])('A25: a decision gets an error page if the client is meanwhile %s', async (_, change) => {
    const { browser, client, page } = await openConsent({ scope: 'profile' });
    await server.database.em().execute(change, [client.clientId]);
    await expectNothingWritten(server, async () => expectAnsweredBefore(await browser.submit(page, {}, 'allow')));
  });
});

describe('Only the user who was asked decides', () => {
  const switchTo = async (browser: Browser, person: { username: string; password: string }): Promise<void> => {
    await browser.submit(await browser.get('/logout'));
    await signIn(browser, await browser.get('/login'), person);
  };

  it('J172: a page opened by alice is refused while bob is signed in, and neither gets a code', async () => {
    const { browser, page } = await openConsent();
    const bob = await server.user();
    await switchTo(browser, bob);
    const answer = await expectNothingWritten(server, () => browser.submit(page, {}, 'allow'));
    expectGoodPage(answer, 403);

    // The request is still pending, and bob decides it on his own page.
    const his = await browser.get(page.url);
    expect(his.html).toContain(`<strong>${bob.username}</strong>`);
    expect(sentTo(await browser.submit(his, {}, 'allow'))).toContain('code=');
  });

  it('J172: bob cannot decide for alice from his own browser', async () => {
    const { page } = await openConsent();
    const bob = await signedIn(server);
    await expectNothingWritten(server, async () => {
      expectGoodPage(await bob.browser.submit(page, {}, 'allow'), 403);
      expectAnsweredBefore(await bob.browser.get(page.url));
    });
  });

  it('J172: "Use another account" continues the same request as the user who then signs in', async () => {
    const { browser, user: alice, client, page } = await openConsent({ state: 'kept' });
    const href = /<a href="(\/logout\?request=[^"]+)"/.exec(page.html)?.[1] ?? '';
    const logout = await browser.get(href);
    expectGoodPage(logout);
    const login = await browser.submit(logout);
    expect(new URL(login.url).pathname).toBe('/login');
    expect(login.html).toContain('to continue to');

    const bob = await server.user();
    const consent = await signIn(browser, login, bob);
    expect(consent.html).not.toContain(alice.username);
    const location = sentTo(await browser.submit(consent, {}, 'allow'));
    expect(responseParams(location)).toMatchObject({ state: 'kept' });
    expect(await whoIs(browser)).toBe(bob.username);
    const owners = await server.database
      .em()
      .execute('SELECT user_id FROM authorizations a JOIN clients c ON c.id = a.client_id WHERE c.client_id = ?', [
        client.clientId,
      ]);
    expect(owners).toEqual([{ user_id: bob.uuid }]);
  });

  it('A1: two requests of one browser both continue after one sign-in', async () => {
    const browser = server.browser();
    const user = await server.user();
    const [one, two] = [await server.client(), await server.client()];
    const first = await browser.get(codeRequest(one, { state: 'one' }));
    const second = await browser.get(codeRequest(two, { state: 'two' }));
    const consent = await signIn(browser, first, user);
    const other = await browser.get(second.url);
    expect(new URL(other.url).pathname).toBe('/consent');

    expect(responseParams(sentTo(await browser.submit(other, {}, 'allow')))).toMatchObject({ state: 'two' });
    expect(responseParams(sentTo(await browser.submit(consent, {}, 'allow')))).toMatchObject({ state: 'one' });
  });

  it('A1: another consent given meanwhile does not affect this request', async () => {
    const { browser, client, page } = await openConsent({ scope: 'profile', state: 'a' });
    const other = await browser.get(codeRequest(client, { scope: 'profile email', state: 'b' }));
    await browser.submit(other, {}, 'allow');
    const answer = await browser.submit(page, { 'scope profile': undefined }, 'allow');
    // The scope was allowed a moment ago, so that the unticked box does not matter.
    expect(responseParams(sentTo(answer))).toMatchObject({ state: 'a', code: expect.stringMatching(/^gac_/) });
  });
});
