import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allow,
  authorizePath,
  codeRequest,
  reachConsent,
  responseParams,
  sentTo,
  signIn,
} from '../../support/authorize.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { pkce } from '../../support/pkce.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const LOOPBACK = 'http://127.0.0.1:8000/noexist/callback';

describe('RFC 6749 §4.1.1: sign-in and decision of the user', () => {
  it('S0-07: a request with only response_type, client_id and a loopback redirect_uri returns a code', async () => {
    const client = await server.client({ redirectUris: [LOOPBACK] });
    const browser = server.browser();
    const location = await allow(server, codeRequest(client, { redirect_uri: LOOPBACK }), await server.user(), browser);

    expect(location.startsWith(`${LOOPBACK}?code=gac_`)).toBe(true);
    expect(Object.keys(responseParams(location))).toEqual(['code', 'iss']);
    // The user is signed in and has already allowed the client, so no page is shown.
    const again = await browser.get(codeRequest(client, { redirect_uri: LOOPBACK }));
    expect(sentTo(again).startsWith(`${LOOPBACK}?code=gac_`)).toBe(true);
    expect(again.status).toBe(303);
  });

  it('S0-08: a browser without a session is sent to sign in and continues with all parameters unchanged', async () => {
    const client = await server.client();
    const { verifier, challenge } = pkce();
    const state = 'a=1&b=%2F "ü" +🙂';
    const path = codeRequest(client, {
      scope: 'read groups',
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const browser = server.browser();
    const login = await browser.get(path);
    expect(new URL(login.url).pathname).toBe('/login');
    expect([...new URL(login.url).searchParams.keys()]).toEqual(['request']);

    const consent = await signIn(browser, login, await server.user());
    expect(consent.forms[0]?.names).toEqual(expect.arrayContaining(['scope read', 'scope groups']));
    expect(consent.forms[0]?.names).not.toContain('scope write');
    const location = sentTo(await browser.submit(consent, {}, 'allow'));
    expect(location.startsWith('https://client.example/cb?code=')).toBe(true);
    expect(responseParams(location)).toMatchObject({ state, iss: server.config.issuer });

    const form = {
      grant_type: 'authorization_code',
      code: responseParams(location).code!,
      redirect_uri: 'https://client.example/cb',
    };
    const { status, body } = await server.token({ ...form, code_verifier: verifier }, client);
    expect({ status, scope: body.scope }).toEqual({ status: 200, scope: 'read groups' });
  });

  it('S0-08: the request continues after a wrong password', async () => {
    const client = await server.client();
    const user = await server.user();
    const browser = server.browser();
    const refused = await signIn(browser, await browser.get(codeRequest(client, { state: 'kept' })), {
      ...user,
      password: 'not that one',
    });
    expect(refused.status).toBe(401);
    expectCleanResponse(refused, refused.html);
    const consent = await signIn(browser, refused, user);
    expect(responseParams(sentTo(await browser.submit(consent, {}, 'allow')))).toMatchObject({ state: 'kept' });
  });
});

describe('RFC 6749 §4.1.2.1: no redirect to a URI that is not registered', () => {
  it.each([
    ['an unknown client_id', { client_id: 'nobody' }],
    ['no client_id', { client_id: undefined }],
    ['an unregistered redirect_uri', { redirect_uri: 'https://elsewhere.example/cb' }],
    ['a redirect_uri that only begins like the registered one', { redirect_uri: 'https://client.example/cb/more' }],
  ])('S0-09: %s gets an error page with status 400 and no redirect', async (_, change) => {
    const client = await server.client();
    const response = await server.request(codeRequest(client, change));
    const html = await response.text();
    expectCleanResponse(response, html);
    expect(response.status).toBe(400);
    expect(response.headers.get('Location')).toBeNull();
    expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
    // The page may name the URI, but must not lead there.
    expect(html).not.toMatch(/(href|src|action|url)=[^>]*elsewhere\.example/i);
    const rows = await server.database
      .em()
      .execute('SELECT 1 FROM authorization_requests r JOIN clients c ON c.id = r.client_id WHERE c.client_id = ?', [
        client.clientId,
      ]);
    expect(rows).toEqual([]);
  });
});

describe('RFC 6749 §3.1.2.3: an omitted redirect_uri', () => {
  it('S2-09: an omitted redirect_uri means the only registered one, byte for byte, and no state is returned if none was sent', async () => {
    const client = await server.client({ redirectUris: ['https://authlib.org/'] });
    const path = authorizePath({ response_type: 'code', client_id: client.clientId, scope: 'profile' });
    const location = await allow(server, path, await server.user());
    expect(location).toMatch(/^https:\/\/authlib\.org\/\?code=gac_[0-9A-Za-z]{49}&iss=/);
    expect(responseParams(location)).not.toHaveProperty('state');
  });

  it('S2-10: an omitted redirect_uri gets an error page with status 400 if two are registered', async () => {
    const client = await server.client({ redirectUris: ['https://client.example/one', 'https://client.example/two'] });
    const response = await server.request(codeRequest(client, { redirect_uri: undefined }));
    expectCleanResponse(response, await response.text());
    expect(response.status).toBe(400);
    expect(response.headers.get('Location')).toBeNull();
  });
});

describe('RFC 6749 §3.3: scopes that the user unticks', () => {
  it('S2-13: access is denied if no scope is ticked, whichever button is pressed', async () => {
    const client = await server.client();
    const browser = server.browser();
    const consent = await reachConsent(
      server,
      codeRequest(client, { scope: 'read', state: 's' }),
      await server.user(),
      browser,
    );
    const location = sentTo(await browser.submit(consent, { 'scope read': undefined }, 'allow'));
    expect(responseParams(location)).toMatchObject({ error: 'access_denied', state: 's' });
    expect(responseParams(location)).not.toHaveProperty('code');
  });
});
