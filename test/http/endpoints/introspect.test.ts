import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSecret } from '../../../src/crypto/secrets.ts';
import { updateUser } from '../../../src/directory/update-user.ts';
import { updateClient } from '../../../src/oauth/registration/update.ts';
import { issueCode } from '../../support/authorize.ts';
import { introspect, postForm, publicClient, revoke } from '../../support/client-endpoints.ts';
import { type TestClient, theOperator } from '../../support/fixtures.ts';
import { expectCleanResponse, expectTokenError } from '../../support/invariants.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { sessionCookie, signedIn } from '../../support/sessions.ts';
import { publicTokenPair, refreshing, tokenPair } from '../../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
let service: TestClient;
beforeAll(async () => {
  server = await startServer();
  client = await server.client();
  service = await server.client({ grantTypes: ['client_credentials'], servicePermissions: ['INTROSPECT'] });
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

async function seen(token: string, by: TestClient): Promise<unknown> {
  const answer = await introspect(server, token, by);
  expectCleanResponse(answer, answer.body);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('Cache-Control')).toBe('no-store');
  expect(answer.headers.get('Content-Type')).toMatch(/^application\/json\b/);
  return answer.body;
}

const INACTIVE = { active: false };

/** The response, which is the same for the token's client and for a service with INTROSPECT. */
async function expectInactive(token: string, owner = client): Promise<void> {
  for (const by of [owner, service]) expect(await seen(token, by)).toEqual(INACTIVE);
}

describe('RFC 7662 §2.2: the response for an active token', () => {
  it('an access token is described by its user, client, scopes and times', async () => {
    const user = await server.user();
    const from = Math.floor(Date.now() / 1000);
    const { access_token } = await tokenPair(server, client, { scope: 'read profile' }, user);
    const body = (await seen(access_token, client)) as Record<string, number>;
    expect(body).toEqual({
      active: true,
      scope: 'read profile',
      client_id: client.clientId,
      username: user.username,
      token_type: 'Bearer',
      exp: (body.iat ?? 0) + 3600,
      iat: expect.any(Number),
      sub: user.id,
      iss: server.config.issuer,
    });
    expect(body.iat).toBeGreaterThanOrEqual(from);
    expect(body.iat).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('a refresh token is active until its idle time ends, and it has no token_type', async () => {
    const user = await server.user();
    const { refresh_token } = await tokenPair(server, client, { scope: 'read' }, user);
    const body = (await seen(refresh_token, client)) as Record<string, number>;
    expect(body).toMatchObject({ active: true, scope: 'read', sub: user.id, exp: (body.iat ?? 0) + 14 * 86_400 });
    expect(body).not.toHaveProperty('token_type');
  });

  it('a token from client_credentials has the client as its subject and names no user', async () => {
    const body = await seen(await server.accessToken({ client, user: null, scopes: ['read'] }), client);
    expect(body).toMatchObject({ active: true, sub: client.clientId, client_id: client.clientId });
    expect(body).not.toHaveProperty('username');
  });

  it.each(['access_token', 'refresh_token', 'x'])(
    'token_type_hint=%s does not change the response',
    async (token_type_hint) => {
      const pair = await tokenPair(server, client);
      for (const token of [pair.access_token, pair.refresh_token])
        expect((await introspect(server, token, client, { token_type_hint })).body.active).toBe(true);
    },
  );
});

describe('RFC 7662 §2.1, §4: clients that may introspect', () => {
  it('a client can introspect its own tokens; with INTROSPECT all tokens, as long as it has the permission', async () => {
    const watcher = await server.client();
    const { access_token, refresh_token } = await tokenPair(server, client);
    for (const token of [access_token, refresh_token]) {
      expect(await seen(token, watcher)).toEqual(INACTIVE);
      expect(await seen(token, service)).toMatchObject({ active: true, client_id: client.clientId });
    }
    const change = (servicePermissions: ['INTROSPECT'] | []) =>
      updateClient(server.database.em(), theOperator(), watcher.clientId, { servicePermissions });
    await change(['INTROSPECT']);
    expect(await seen(access_token, watcher)).toMatchObject({ active: true });
    await change([]);
    expect(await seen(access_token, watcher)).toEqual(INACTIVE);
    // Another permission is not enough.
    const reader = await server.client({ servicePermissions: ['READ_DIRECTORY', 'READ_AUDIT'] });
    expect(await seen(access_token, reader)).toEqual(INACTIVE);
  });

  it('G125: introspection needs client authentication: a token, a client_id alone and a public client are refused', async () => {
    const open = await publicClient(server);
    const body = await publicTokenPair(server, open);
    const { access_token: token } = await tokenPair(server, client);
    const bearer = { Authorization: `Bearer ${token}` };
    const tries = [
      await introspect(server, token),
      await introspect(server, token, { ...client, secret: 'wrong' }),
      await introspect(server, token, { clientId: client.clientId, secret: '' }),
      await introspect(server, body.access_token, open),
      await postForm(server, '/oauth/introspect', { token }, undefined, bearer),
      await postForm(server, '/oauth/introspect', { token, client_id: client.clientId }, undefined, bearer),
    ];
    for (const answer of tries) expectTokenError(answer, 401, 'invalid_client');
  });
});

describe('RFC 7662 §2.2: every other token is exactly {"active":false}', () => {
  it('G124: an unknown token, a malformed one and one of another kind are inactive', async () => {
    const strangers = ['x', '\0', 'é', ' ', 'a'.repeat(20_000), makeSecret('gat'), makeSecret('grt'), client.secret];
    await expectNothingWritten(server, async () => {
      for (const token of strangers) await expectInactive(token);
    });
    const { access_token } = await tokenPair(server, client);
    await expectInactive(`${access_token} `);
    await expectInactive(access_token.slice(0, -1));
    await expectInactive(access_token.replace('gat_', 'grt_'));
  });

  it('G124: an expired token is inactive', async () => {
    const pair = await tokenPair(server, client);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3600_000 });
    await expectInactive(pair.access_token);
    expect(await seen(pair.refresh_token, client)).toMatchObject({ active: true });
    vi.setSystemTime(Date.now() + 14 * 86_400_000);
    await expectInactive(pair.refresh_token);
  });

  it('G124: a revoked token is inactive, whether revoked by the client or with its family', async () => {
    const [one, two] = [await tokenPair(server, client), await tokenPair(server, client)];
    await revoke(server, one.access_token, client);
    await expectInactive(one.access_token);
    expect(await seen(one.refresh_token, client)).toMatchObject({ active: true });
    await revoke(server, two.refresh_token, client);
    for (const token of [two.access_token, two.refresh_token]) await expectInactive(token);
  });

  it('G124: a token of a disabled user or client is inactive', async () => {
    const [user, shut] = [await server.user(), await server.client()];
    const [pair, other] = [await tokenPair(server, client, {}, user), await tokenPair(server, shut)];
    await updateUser(server.database.em(), theOperator(), user.uuid, { disabled: true });
    for (const token of [pair.access_token, pair.refresh_token]) await expectInactive(token);
    await updateClient(server.database.em(), theOperator(), shut.clientId, { disabled: true });
    for (const token of [other.access_token, other.refresh_token]) expect(await seen(token, service)).toEqual(INACTIVE);
    expectTokenError(await introspect(server, other.access_token, shut), 401, 'invalid_client');
  });

  it('G127: a used refresh token, a code and a session are inactive', async () => {
    const pair = await tokenPair(server, client);
    const { body: next } = await server.token(refreshing(pair.refresh_token), client);
    await expectInactive(pair.refresh_token);
    expect(await seen(next.refresh_token, client)).toMatchObject({ active: true });
    // Introspection does not count as a use, so nothing was revoked.
    expect(await seen(pair.access_token, client)).toMatchObject({ active: true });
    await expectInactive(await issueCode(server, client));
    const { browser } = await signedIn(server);
    await expectInactive(browser.cookies.get(sessionCookie(server)) ?? '');
  });
});

describe('RFC 7662 §2.1: the request', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('G122: %s gets 405 with Allow: POST', async (method) => {
    const { status, headers } = await server.request('/oauth/introspect?token=x', { method });
    expect([status, headers.get('Allow'), headers.get('Cache-Control')]).toEqual([405, 'POST', 'no-store']);
  });

  it('G128: a request has one token, and a list of guesses is invalid_request', async () => {
    const { access_token } = await tokenPair(server, client);
    const guesses = Array.from({ length: 20 }, (): [string, string] => ['token', makeSecret('gat')]);
    for (const form of [[...guesses, ['token', access_token]], [['token[]', access_token]], []])
      expectTokenError(
        await postForm(server, '/oauth/introspect', new URLSearchParams(form), client),
        400,
        'invalid_request',
      );
  });
});
