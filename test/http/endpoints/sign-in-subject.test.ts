import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { codeRequest, reachConsent, responseParams, sentTo, signIn } from '../../support/authorize.ts';
import type { Browser, Page } from '../../support/browser.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { claimsIn } from '../../support/id-tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { signedIn } from '../../support/sessions.ts';
import { exchange } from '../../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
let [user, other]: TestUser[] = [];
let idToken: string;
beforeAll(async () => {
  server = await startServer();
  client = await server.client();
  [user, other] = [await server.user(), await server.user()];
  idToken = (await tokensOf(await allowed(await browserOf(user)))).id_token;
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

const link = (query: Record<string, string> = {}): string =>
  codeRequest(client, { scope: 'openid', state: 's', ...query });
const errorIn = (page: Page): string | undefined => responseParams(sentTo(page)).error;
const allowed = (browser: Browser): Promise<Page> => browser.get(link());
const tokensOf = async (page: Page) =>
  (await server.token(exchange(responseParams(sentTo(page)).code ?? ''), client)).body;

/** A browser in which this user is signed in and has allowed the client `openid`. */
async function browserOf(person = user!): Promise<Browser> {
  const browser = server.browser();
  const consent = await reachConsent(server, link({ prompt: 'consent' }), person, browser);
  await browser.submit(consent, {}, 'allow');
  return browser;
}

const claiming = (member: object): Record<string, string> => ({ claims: JSON.stringify(member) });

/** The ways to name the user in a request (OpenID Connect Core 1.0 §3.1.2.1, §5.5.1). */
const ABOUT: [string, () => Record<string, string>][] = [
  ['id_token_hint', () => ({ id_token_hint: idToken })],
  ['the claim sub of the ID token', () => claiming({ id_token: { sub: { value: user?.id } } })],
  ['the claim sub of userinfo', () => claiming({ userinfo: { sub: { essential: true, value: user?.id } } })],
];

describe.each(ABOUT)('A request for a user named by %s', (_name, about) => {
  it('a session of the named user gets a response', async () => {
    const browser = await browserOf();
    const tokens = await tokensOf(await browser.get(link({ ...about(), prompt: 'none' })));
    expect(claimsIn(tokens.id_token).sub).toBe(user?.id);
  });

  it('a session of another user gets login_required with prompt=none; otherwise the named user can sign in', async () => {
    const browser = await browserOf(other);
    expect(errorIn(await browser.get(link({ ...about(), prompt: 'none' })))).toBe('login_required');
    const page = await browser.get(link(about()));
    expect(page.html).toContain('name="password"');
    expect(page.forms[0]?.fields.get('username')).toBe('');
    const tokens = await tokensOf(await signIn(browser, page, user!));
    expect(claimsIn(tokens.id_token).sub).toBe(user?.id);
  });

  it('the error is login_required if another user signs in for the request', async () => {
    const browser = server.browser();
    const page = await browser.get(link(about()));
    expect(errorIn(await signIn(browser, page, other!))).toBe('login_required');
  });
});

describe('OpenID Connect Core 1.0 §3.1.2.1: id_token_hint', () => {
  it('an ID token may have expired long ago', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 20 * 86_400_000);
    const browser = await browserOf();
    const page = await browser.get(link({ id_token_hint: idToken, prompt: 'none' }));
    expect(responseParams(sentTo(page))).toHaveProperty('code');
  });

  it('a value that is not an ID token of this server for this client is invalid_request', async () => {
    const stranger = await server.client();
    const [head = '', claims = '', signature = ''] = idToken.split('.');
    const decoded = claimsIn(idToken);
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const secret = new TextEncoder().encode(client.secret);
    const hints = [
      'nonsense',
      `${head}.${encode({ ...decoded, sub: other?.id })}.${signature}`,
      `${encode({ alg: 'none', typ: 'JWT' })}.${claims}.`,
      await new SignJWT(decoded).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(secret),
      `${encode({ alg: 'RS256', typ: 'JWT', kid: '../../etc/passwd' })}.${claims}.${signature}`,
      `${encode({ alg: 'ES256', typ: 'JWT', kid: JSON.parse(atob(head)).kid })}.${claims}.${signature}`,
    ];
    for (const id_token_hint of hints) {
      const { browser } = await signedIn(server);
      expect([id_token_hint, errorIn(await browser.get(link({ id_token_hint, prompt: 'none' })))]).toEqual([
        id_token_hint,
        'login_required',
      ]);
      expect((await browser.get(link({ id_token_hint }))).html).toContain('name="password"');
    }
    const elsewhere = codeRequest(stranger, { scope: 'openid', id_token_hint: idToken });
    expect(errorIn(await server.browser().get(elsewhere))).toBe('invalid_request');
  });
});

describe('OpenID Connect Core 1.0 §5.5: the claims parameter', () => {
  it('claims are requested through their scopes, which the consent page shows', async () => {
    const claims = claiming({
      userinfo: { email: null, nickname: null },
      id_token: { given_name: { essential: true } },
    });
    const browser = server.browser();
    const consent = await reachConsent(server, link(claims), other!, browser);
    for (const word of ['See your username and your name', 'See your email address'])
      expect(consent.html).toContain(word);
    const tokens = await tokensOf(await browser.submit(consent, {}, 'allow'));
    expect(tokens.scope).toBe('openid profile email');
    const headers = { Authorization: `Bearer ${tokens.access_token}` };
    expect(await (await server.request('/oauth/userinfo', { headers })).json()).toMatchObject({ email: other?.email });
  });

  it('claims that the client may not request or that do not exist are ignored', async () => {
    const plain = await server.client({ scope: 'openid' });
    const claims = claiming({ userinfo: { email: { essential: true }, phone_number: null }, unknown: 1 });
    const page = await server.browser().get(codeRequest(plain, { scope: 'openid', ...claims }));
    expect(page.html).toContain('name="password"');
  });

  it.each(['x', '[]', '1', '"text"', 'null', '{"userinfo":1}', '{"id_token":[]}', '{"id_token":{"sub":{"value":1}}}'])(
    '%s is invalid_request',
    async (claims) => {
      expect(errorIn(await server.browser().get(link({ claims })))).toBe('invalid_request');
    },
  );

  it('§5.5.1: two different users, or a user who does not exist, get an error', async () => {
    const two = claiming({ id_token: { sub: { value: user?.id } }, userinfo: { sub: { value: other?.id } } });
    expect(errorIn(await server.browser().get(link(two)))).toBe('invalid_request');
    for (const value of ['alice', 'usr_aaaa']) {
      const page = await server.browser().get(link(claiming({ id_token: { sub: { value } } })));
      expect(errorIn(page)).toBe('login_required');
    }
    const mixed = { ...claiming({ id_token: { sub: { value: other?.id } } }), id_token_hint: idToken };
    expect(errorIn(await server.browser().get(link(mixed)))).toBe('login_required');
  });

  it('§5.5.1.1: an essential acr that cannot be met gets an error; a voluntary one is ignored', async () => {
    const asking = async (acr: object) => server.browser().get(link(claiming({ id_token: { acr } })));
    expect(errorIn(await asking({ essential: true, values: ['phr'] }))).toBe('unmet_authentication_requirements');
    expect(errorIn(await asking({ essential: true, value: 'phr' }))).toBe('unmet_authentication_requirements');
    for (const acr of [{ values: ['phr'] }, { essential: true }, { essential: true, values: ['phr', '1'] }])
      expect((await asking(acr)).html).toContain('name="password"');
  });
});
