import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientRegistration } from '../../../src/oauth/registration/metadata.ts';
import { CALLBACK, codeRequest, reachConsent, responseParams, sentTo } from '../../support/authorize.ts';
import type { Page } from '../../support/browser.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { expectGoodPage } from '../../support/page-rules.ts';
import { pkce } from '../../support/pkce.ts';
import { expectConfidential } from '../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { signedIn } from '../../support/sessions.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

/** Names of the scopes on the page; undefined if it is not the consent page. */
const requestedScopes = (page: Page): string[] | undefined =>
  page.html.includes('name="decision"')
    ? page.forms[0]?.names.filter((name) => name.startsWith('scope ')).map((name) => name.slice('scope '.length))
    : undefined;

async function rememberedScopes(user: TestUser): Promise<string[] | undefined> {
  const rows = await server.database.em().execute('SELECT scopes FROM consents WHERE user_id = ?', [user.uuid]);
  expect(rows.length).toBeLessThanOrEqual(1);
  return rows[0]?.scopes;
}

async function scopeBoughtWith(location: string, client: TestClient, more: Record<string, string> = {}) {
  const { code = '' } = responseParams(location);
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, ...more };
  return (await server.token(form, client)).body.scope;
}

describe('OWASP ASVS 5 §10.7.2: what the consent page shows', () => {
  it('J176: the page shows the app, the redirect host, a description of each scope, the account and the duration', async () => {
    const client = await server.client({ name: 'Photo shop' });
    const user = await server.user();
    const page = await reachConsent(server, codeRequest(client, { scope: 'profile email write' }), user);
    expectGoodPage(page);
    expect(page.html).toContain('Allow <strong>Photo shop</strong>?');
    expect(page.html).toContain('<strong class="host">client.example</strong>');
    expect(page.html).toContain('See your username and your name');
    expect(page.html).toContain('See your email address');
    expect(page.html).toContain(`<strong>${user.username}</strong>`);
    expect(page.html).toContain('Access ends after 90 days, or when you remove it in your account.');
    expect(page.html).toContain('This app asks for more access than most apps need');
    expect(requestedScopes(page)).toEqual(['profile', 'email', 'write']);
  });

  it('J176: the page shows a duration without a refresh token, and a request without scopes', async () => {
    const client = await server.client({ grantTypes: ['authorization_code'], accessTokenTtl: 90 });
    const page = await reachConsent(server, codeRequest(client, { scope: 'profile' }), await server.user());
    expect(page.html).toContain('Access ends after 2 minutes, or when you remove it in your account.');
    expect(page.html).not.toContain('more than most need');
    expect(page.html).not.toContain('has not been checked');
  });

  it('J176: openid has no tick box, and with every box unticked the client gets openid alone', async () => {
    const [client, user] = [await server.client(), await server.user()];
    const browser = server.browser();
    const page = await reachConsent(server, codeRequest(client, { scope: 'openid profile email' }), user, browser);
    expectGoodPage(page);
    expect(requestedScopes(page)).toEqual(['profile', 'email']);
    expect(page.html).toContain('This signs you in to');
    const unticked = { 'scope profile': undefined, 'scope email': undefined };
    const location = sentTo(await browser.submit(page, unticked, 'allow'));
    expect(await scopeBoughtWith(location, client)).toBe('openid');
  });

  it('J176: the sign-in page also names the app', async () => {
    const login = await server.browser().get(codeRequest(await server.client({ name: 'Photo shop' })));
    expectGoodPage(login);
    expect(login.html).toContain('to continue to <strong>Photo shop</strong>');
  });
});

describe('OWASP ASVS 5 §10.7.1: when the user is asked again', () => {
  it('J175: a confidential client gets what the user already allowed, or less, without asking', async () => {
    const client = await server.client();
    const { browser, user } = await signedIn(server);
    const page = await browser.get(codeRequest(client, { scope: 'profile read' }));
    await browser.submit(page, {}, 'allow');
    expect(await rememberedScopes(user)).toEqual(['profile', 'read']);
    for (const scope of ['profile read', 'read profile', 'read']) {
      const again = await browser.get(codeRequest(client, { scope }));
      expectConfidential(again);
      expect([again.html, await scopeBoughtWith(sentTo(again), client)]).toEqual(['', scope]);
    }
  });

  it('J175: the user is asked for added scopes, and only for those', async () => {
    const client = await server.client();
    const { browser, user } = await signedIn(server);
    await browser.submit(await browser.get(codeRequest(client, { scope: 'profile' })), {}, 'allow');

    const more = await browser.get(codeRequest(client, { scope: 'email profile groups' }));
    expect(requestedScopes(more)).toEqual(['email', 'groups']);
    expect(more.html).toMatch(/Already allowed:<\/p><ul><li>See your username and your name<\/li><\/ul>/);
    const location = sentTo(await browser.submit(more, { 'scope groups': undefined }, 'allow'));
    expect(await scopeBoughtWith(location, client)).toBe('email profile');
    expect((await rememberedScopes(user))?.sort()).toEqual(['email', 'profile']);

    const rest = await browser.get(codeRequest(client, { scope: 'email profile groups' }));
    expect(requestedScopes(rest)).toEqual(['groups']);
    // No new scope is ticked, so only the scopes that were already allowed are granted.
    const before = sentTo(await browser.submit(rest, { 'scope groups': undefined }, 'allow'));
    expect(await scopeBoughtWith(before, client)).toBe('email profile');
  });

  it('J175: a scope that was not requested cannot be granted', async () => {
    const client = await server.client();
    const { browser, user } = await signedIn(server);
    const page = await browser.get(codeRequest(client, { scope: 'profile' }));
    const fields = { ...Object.fromEntries(page.forms[0]!.fields), 'scope write': 'on', scope: 'write' };
    const answer = await browser.post('/consent', { ...fields, decision: 'allow' });
    expect(await scopeBoughtWith(sentTo(answer), client)).toBe('profile');
    expect(await rememberedScopes(user)).toEqual(['profile']);
  });

  it('J175: consent is remembered for one user and one client', async () => {
    const [client, other] = [await server.client(), await server.client()];
    const { browser } = await signedIn(server);
    await browser.submit(await browser.get(codeRequest(client)), {}, 'allow');
    expect(requestedScopes(await browser.get(codeRequest(other)))).toBeDefined();
    expect(requestedScopes(await (await signedIn(server)).browser.get(codeRequest(client)))).toBeDefined();
  });
});

describe('RFC 8252 §8.6: clients whose consent is remembered', () => {
  const PUBLIC = {
    tokenEndpointAuthMethod: 'none',
    grantTypes: ['authorization_code', 'refresh_token'],
    requirePkce: true,
  } as const;

  const allowedTwice = async (registration: Partial<ClientRegistration>, uri: string, scope = 'profile') => {
    const client = await server.client({ redirectUris: [uri], ...registration });
    const { browser, user } = await signedIn(server);
    const { challenge } = pkce();
    const query = { redirect_uri: uri, scope, code_challenge: challenge, code_challenge_method: 'S256' };
    const first = await browser.submit(await browser.get(codeRequest(client, query)), {}, 'allow');
    expect(sentTo(first).startsWith(`${uri}?code=gac_`)).toBe(true);
    const second = await browser.get(codeRequest(client, query));
    return { requested: requestedScopes(second), remembered: await rememberedScopes(user), client, browser };
  };

  it.each([
    ['a public client with an https redirect URI', PUBLIC, 'https://client.example/cb'],
    ['a confidential client on loopback', {}, 'http://127.0.0.1:8000/cb'],
  ])('J175: consent is remembered for %s', async (_, registration, uri) => {
    const { requested, remembered } = await allowedTwice(registration, uri);
    expect([requested, remembered]).toEqual([undefined, ['profile']]);
  });

  it.each<[string, Partial<ClientRegistration>, string]>([
    ['a public client on loopback', PUBLIC, 'http://127.0.0.1/cb'],
    ['a public client on [::1]', PUBLIC, 'http://[::1]:9000/cb'],
    ['a public client on localhost', PUBLIC, 'http://localhost:3000/cb'],
    ['a public client with a custom scheme', PUBLIC, 'com.example.app:/cb'],
    ['a client registered with consent ALWAYS', { consent: 'ALWAYS' }, 'https://client.example/cb'],
  ])('J175: consent is not remembered for %s', async (_, registration, uri) => {
    const { requested, remembered } = await allowedTwice(registration, uri);
    expect([requested, remembered]).toEqual([['profile'], undefined]);
  });

  it('J175: consent for one redirect URI of a client does not apply to its loopback URI, even without scopes', async () => {
    const [web, device] = ['https://client.example/cb', 'http://127.0.0.1/cb'];
    const { browser, client } = await allowedTwice({ ...PUBLIC, redirectUris: [web, device], defaultScopes: [] }, web);
    for (const scope of ['profile', '']) {
      const query = { redirect_uri: device, scope, code_challenge: pkce().challenge, code_challenge_method: 'S256' };
      expect(requestedScopes(await browser.get(codeRequest(client, query)))).toBeDefined();
    }
  });

  it('J175: consent to a request without scopes is remembered', async () => {
    const { requested, remembered } = await allowedTwice({ defaultScopes: [] }, CALLBACK, '');
    expect([requested, remembered]).toEqual([undefined, []]);
  });
});
