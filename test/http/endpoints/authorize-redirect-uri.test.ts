import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow, authorizePath, codeRequest, responseParams } from '../../support/authorize.ts';
import { expectErrorPage, expectErrorRedirect, expectNothingWritten } from '../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const REGISTERED = 'https://client.example/cb';

/** The other parameters are valid, except those in `query`. */
async function refusedOnPage(
  registered: string[],
  redirect_uri: string | undefined,
  query: Record<string, string> = {},
) {
  const client = await server.client({ redirectUris: registered });
  await expectNothingWritten(server, async () => {
    const page = await expectErrorPage(
      await server.request(codeRequest(client, { redirect_uri, state: 's', ...query })),
    );
    expect(page).toContain('redirect_uri');
    // What was sent stands there as text. Nothing links to it, and no registered URI is named.
    expect(page.replace(/The redirect_uri .* is not registered/s, '')).not.toMatch(/evil|client\.example/i);
  });
}

describe('RFC 9700 §2.1, §4.1: redirect_uri is compared byte for byte', () => {
  it.each([
    ['B26', 'https://client.example/other'],
    ['B26', 'https://client.example/cb/'],
    ['B26', 'https://client.example/cb/x'],
    ['B26', 'https://client.example/CB'],
    ['B26', 'https://client.example/cb?x=1'],
    ['B26', 'https://client.example/cb#x'],
    ['B26', 'https://client.example/cb;x'],
    ['B28', 'https://client.example:443/cb'],
    ['B28', 'https://CLIENT.example/cb'],
    ['B28', 'HTTPS://client.example/cb'],
    ['B29', 'https://client.example/x/../cb'],
    ['B29', 'https://client.example/%2e%2e/cb'],
    ['B29', 'https://client.example/c%62'],
    ['B29', 'https://client.example/cb%2f..%2fevil'],
    ['B29', 'https://client.example\\cb'],
    ['B31', 'https://client.example.evil.example/cb'],
    ['B31', 'https://evil.example/?u=https://client.example/cb'],
    ['B31', 'https://client.example@evil.example/cb'],
    ['B31', 'https://evil.example/https://client.example/cb'],
    ['B31', '//evil.example/cb'],
    ['B31', 'javascript:alert(1)//https://client.example/cb'],
    ['B32', 'http://client.example/cb'],
    ['B34', ' https://client.example/cb'],
    ['B34', 'https://client.example/cb '],
    ['B34', 'https://client.example/cb\t'],
    ['B34', 'https://client.example/cb\r'],
    ['B34', 'https://client.example/cb\n'],
    ['B34', 'https://client.example/cb\r\nX-Evil: 1'],
    ['B34', 'https://client.example/cb\0'],
    ['B34', `https://client.example/cb?${'x'.repeat(10_000)}`],
    ['B41', 'https://client.example:8443/cb'],
  ])('%s: redirect_uri %j gets an error page', async (_, uri) => refusedOnPage([REGISTERED], uri));

  it('B32: plain http on another machine cannot be registered', async () => {
    for (const uri of ['http://client.example/cb', 'http://127.0.0.1.evil.example/cb', 'http://10.0.0.1/cb'])
      await expect(server.client({ redirectUris: [uri] })).rejects.toThrow(/redirect URI/);
  });

  it('B35: an omitted redirect_uri is refused if two are registered', async () => {
    await refusedOnPage([REGISTERED, 'https://client.example/cb2'], undefined);
    await refusedOnPage([REGISTERED, 'https://client.example/cb2'], '');
  });

  it.each([
    ['an invalid scope', { scope: 'unknown' }],
    ['an invalid response_type', { response_type: 'x' }],
    ['a request without the required PKCE', { code_challenge_method: 'plain' }],
    ['an oversized state', { state: 's'.repeat(3000) }],
  ])('B37: %s does not redirect to a foreign address', async (_, query) =>
    refusedOnPage([REGISTERED], 'https://evil.example/cb', query),
  );
});

it('the page names the redirect_uri that was sent, the app and the request id; only the log has the registered URIs', async () => {
  const client = await server.client({ name: 'Photo shop' });
  const from = server.log.length;
  const sent = 'http://127.0.0.1:3000/login/<b>';
  const response = await server.request(codeRequest(client, { redirect_uri: sent }));
  const requestId = response.headers.get('X-Request-Id') ?? '';
  const page = await expectErrorPage(response);
  expect(page).toContain('http://127.0.0.1:3000/login/&lt;b&gt;');
  expect(page).toContain('Photo shop');
  expect(page).toContain(requestId);
  expect(page).not.toContain('client.example');
  const lines = server.log.slice(from).map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({ client: client.clientId, registered: ['https://client.example/cb'], requestId }),
  );
});

describe('RFC 8252 §7.3, §8.3: loopback addresses', () => {
  const NATIVE = ['http://127.0.0.1/cb', 'http://[::1]/cb', 'com.example.app:/cb'];

  it.each([
    ['B40', 'http://127.0.0.1:9000/other'],
    ['B40', 'http://127.0.0.1:9000/cb?x=1'],
    ['B40', 'http://localhost:9000/cb'],
    ['B40', 'http://localhost/cb'],
    ['B40', 'https://127.0.0.1:9000/cb'],
    ['B40', 'com.example.app://cb'],
    ['B40', 'com.example.app:/CB'],
    ['B41', 'http://127.0.0.1.evil.example/cb'],
    ['B41', 'http://127.0.0.1:9000.evil.example/cb'],
    ['B41', 'http://127.1/cb'],
    ['B41', 'http://2130706433/cb'],
    ['B41', 'http://0x7f000001/cb'],
    ['B41', 'http://127.0.0.2/cb'],
    ['B41', 'http://[::ffff:127.0.0.1]/cb'],
    ['B41', 'http://user@127.0.0.1:9000/cb'],
    ['B41', 'http://127.0.0.1:9000@evil.example/cb'],
    ['B41', 'http://127.0.0.1:/cb'],
  ])('%s: redirect_uri %s gets an error page', async (_, uri) => refusedOnPage(NATIVE, uri));

  it.each(['http://127.0.0.1:51234/cb', 'http://127.0.0.1/cb', 'http://[::1]:51234/cb', 'com.example.app:/cb'])(
    'any port is accepted in a redirect to %s',
    async (uri) => {
      const client = await server.client({ redirectUris: NATIVE });
      const path = codeRequest(client, { redirect_uri: uri, scope: 'nonsense' });
      await expectErrorRedirect(server, await server.request(path), 'invalid_scope', { redirectUri: uri });
    },
  );

  it('any port at localhost for a native public client, and only for that one', async () => {
    const registered = { redirectUris: ['http://localhost:3000/cb'], tokenEndpointAuthMethod: 'none' } as const;
    const open = { ...registered, grantTypes: ['authorization_code'], requirePkce: true } as const;
    const uri = 'http://localhost:51234/cb';
    const path = async (applicationType: 'web' | 'native') =>
      codeRequest(await server.client({ ...open, applicationType }), { redirect_uri: uri, scope: 'nonsense' });
    await expectErrorRedirect(server, await server.request(await path('native')), 'invalid_scope', {
      redirectUri: uri,
    });
    await expectErrorPage(await server.request(await path('web')));
  });
});

describe('RFC 6749 §3.1.2, §4.1.2: the response parameters follow the registered bytes', () => {
  it.each([
    ['B43', 'https://client.example/cb?a=b', '&code='],
    ['B43', 'https://client.example/cb?a=b&code=x', '&code='],
    ['B44', 'https://client.example', '?code='],
    ['B44', 'https://client.example:443/cb', '?code='],
    ['B44', 'https://CLIENT.Example/x/../cb', '?code='],
    ['B44', 'https://client.example/%7Ecb', '?code='],
    ['B44', 'com.example.app:/cb', '?code='],
  ])('%s: the parameters are appended to %s', async (_, uri, joint) => {
    const client = await server.client({ redirectUris: [uri] });
    const location = await allow(server, codeRequest(client, { redirect_uri: uri }), await server.user());
    expect(location.startsWith(uri + joint)).toBe(true);
  });

  it('B38: no code is issued for a wrong redirect_uri, regardless of the token request', async () => {
    const client = await server.client();
    const browser = server.browser();
    const user = await server.user();
    await allow(server, codeRequest(client), user, browser);
    await expectNothingWritten(server, async () => {
      const page = await browser.get(codeRequest(client, { redirect_uri: 'https://evil.example/cb' }));
      expect(page).toMatchObject({ status: 400, location: undefined });
    });
    const path = authorizePath({ response_type: 'code', client_id: client.clientId, state: 'after' });
    expect(responseParams((await browser.get(path)).location ?? '')).toHaveProperty('code');
  });
});
