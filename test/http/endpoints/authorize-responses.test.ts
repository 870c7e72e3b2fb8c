import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, codeRequest, issueCode, reachConsent, responseParams, sentTo } from '../../support/authorize.ts';
import type { Page } from '../../support/browser.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { countRows, expectConfidential, expectErrorRedirect } from '../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const consentTo = async (client: TestClient, query: Record<string, string> = {}) => {
  const browser = server.browser();
  const page = await reachConsent(server, codeRequest(client, query), await server.user(), browser);
  return { browser, page };
};

const fieldOf = (page: Page, name: string): string => page.forms[0]?.fields.get(name) ?? '';

describe('RFC 6749 §4.1.1: the request is stored, and only its handle travels', () => {
  it('A1: a browser without a session is sent to sign in with only a handle, which is stored as a digest', async () => {
    const client = await server.client();
    const query = { scope: 'read profile', state: 'S', code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
    const answer = await server.request(codeRequest(client, query));
    expectCleanResponse(answer, await answer.text());
    expect(answer.status).toBe(303);
    const [, handle = ''] = /^\/login\?request=([\w-]{43})$/.exec(answer.headers.get('Location') ?? '') ?? [];

    const [row] = await server.database
      .em()
      .execute("SELECT * FROM authorization_requests WHERE encode(digest, 'hex') = ?", [
        createHash('sha256').update(handle).digest('hex'),
      ]);
    expect(row).toMatchObject({ scopes: ['read', 'profile'], state: 'S', code_challenge: 'x'.repeat(43) });
    expect(JSON.stringify(row)).not.toContain(handle);
  });

  it('A25: changed hidden fields change nothing in the request', async () => {
    const client = await server.client({ redirectUris: [CALLBACK, 'https://other.example/cb'] });
    const { browser, page } = await consentTo(client, { scope: 'profile', state: 'S' });
    const altered = {
      client_id: (await server.client()).clientId,
      redirect_uri: 'https://other.example/cb',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
      response_type: 'token',
      state: 'T',
      scope: 'profile write',
      'scope write': 'on',
    };
    const fields = {
      csrf: fieldOf(page, 'csrf'),
      request: fieldOf(page, 'request'),
      'scope profile': 'on',
      decision: 'allow',
    };
    const location = sentTo(await browser.post('/consent', { ...altered, ...fields }));
    expect(location.startsWith(`${CALLBACK}?code=`)).toBe(true);
    const { code = '', state } = responseParams(location);
    expect(state).toBe('S');
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
    expect(await server.token(form, client)).toMatchObject({ status: 200, body: { scope: 'profile' } });
  });
});

describe('RFC 6749 §3.1: parameters', () => {
  it('A13: state and scope without a value count as omitted', async () => {
    const client = await server.client({ scope: 'read profile', defaultScopes: ['profile'] });
    const { browser, page } = await consentTo(client, { state: '', scope: '', nonce: '', response_mode: '' });
    const answer = responseParams(sentTo(await browser.submit(page, {}, 'allow')));
    expect(Object.keys(answer).sort()).toEqual(['code', 'iss']);
    const form = { grant_type: 'authorization_code', code: answer.code ?? '', redirect_uri: CALLBACK };
    expect((await server.token(form, client)).body.scope).toBe('profile');
  });

  it('A13: redirect_uri without a value means the registered one', async () => {
    const { browser, page } = await consentTo(await server.client(), { redirect_uri: '', scope: 'read' });
    expect(sentTo(await browser.submit(page, {}, 'allow')).startsWith(`${CALLBACK}?code=`)).toBe(true);
  });

  it('A14: unknown parameters are ignored, even repeated ones', async () => {
    const path = `${codeRequest(await server.client())}&foo=bar&__proto__=a&__proto__=b&constructor=1&toString=x&a[b]=c`;
    const page = await reachConsent(server, path, await server.user());
    expect(page.status).toBe(200);
  });

  it('A17: POST means the same as GET, with the cookie and without', async () => {
    const client = await server.client();
    const body = new URLSearchParams(codeRequest(client, { state: 'S' }).split('?')[1]);
    const foreign = await server.request('/oauth/authorize', { method: 'POST', body });
    expect(foreign.status).toBe(303);
    expect(foreign.headers.get('Location')).toBe(`/oauth/authorize?${body}`);

    const browser = server.browser();
    await browser.get('/login');
    const login = await browser.post('/oauth/authorize', Object.fromEntries(body), { 'Sec-Fetch-Site': 'cross-site' });
    expect(login.url).toContain('/login?request=');
    const { username, password } = await server.user();
    const consent = await browser.submit(login, { username, password });
    expect(responseParams(sentTo(await browser.submit(consent, {}, 'allow'))).state).toBe('S');
  });
});

describe('RFC 6749 §4.1.2, §10.14: state', () => {
  it.each([
    ['a thousand marks', '&+% "><script>alert(1)</script>é€😀#?='.repeat(30).slice(0, 1000)],
    ['2048 bytes', 's'.repeat(2048)],
    ['a line break', 'a\r\nLocation: https://evil.example/'],
  ])('A20: %s return byte for byte', async (_, state) => {
    const { browser, page } = await consentTo(await server.client(), { state });
    expect(page.html).not.toContain('<script');
    const answer = await browser.submit(page, {}, 'allow');
    expect(responseParams(sentTo(answer)).state).toBe(state);
    expect(sentTo(answer)).toMatch(/^[\x21-\x7e]+$/);
  });

  it.each([
    ['2049 bytes', 's'.repeat(2049)],
    ['1025 characters of two bytes', 'é'.repeat(1025)],
    ['a NUL', 'a\0b'],
  ])('A20: %s: the error has no state', async (_, state) => {
    const answer = await server.request(codeRequest(await server.client(), { state }));
    await expectErrorRedirect(server, answer, 'invalid_request');
  });
});

describe('RFC 6749 §4.1.2.1, RFC 9207 §2: the decision of the user', () => {
  it('A22, A19: Deny sends access_denied, state and iss and stores no authorization', async () => {
    const { browser, page } = await consentTo(await server.client(), { state: 'S' });
    const before = await countRows(server);
    const answer = await browser.submit(page, {}, 'deny');
    expect(answer.status).toBe(303);
    expect(sentTo(answer).startsWith(`${CALLBACK}?error=access_denied&`)).toBe(true);
    expect(responseParams(sentTo(answer))).toEqual({
      error: 'access_denied',
      error_description: 'The user denied access to your application',
      state: 'S',
      iss: server.config.issuer,
    });
    expectConfidential(answer);
    expect(answer.html).toBe('');
    expect(await countRows(server)).toEqual(before);
  });

  it('A23, A19: the code is only in Location, and the response may not be cached', async () => {
    const client = await server.client();
    const { browser, page } = await consentTo(client);
    const allowed = await browser.submit(page, {}, 'allow');
    const remembered = await browser.get(codeRequest(client));
    for (const answer of [allowed, remembered]) {
      expect(answer.status).toBe(303);
      expect(responseParams(sentTo(answer))).toEqual({
        code: expect.stringMatching(/^gac_[0-9A-Za-z]{49}$/),
        iss: server.config.issuer,
      });
      expectConfidential(answer);
      expect(answer.html).toBe('');
      expectCleanResponse(answer, answer.html);
    }
  });

  it('A23: the code is not logged', async () => {
    const code = await issueCode(server, await server.client());
    expect(server.log.join('')).not.toContain(code);
    expect(server.log.join('')).not.toMatch(/gac_|grt_|gat_|gcs_/);
  });
});
