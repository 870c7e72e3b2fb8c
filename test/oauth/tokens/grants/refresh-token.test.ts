import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CALLBACK, issueCode } from '../../../support/authorize.ts';
import type { TestClient } from '../../../support/fixtures.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { pkce } from '../../../support/pkce.ts';
import { startServer, type TestServer } from '../../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
afterEach(() => {
  vi.useRealTimers();
});

async function tokensOf(client: TestClient, scope?: string) {
  const { username, password } = await server.user();
  const { body } = await server.token(
    { grant_type: 'password', username, password, ...(scope ? { scope } : {}) },
    client,
  );
  return body;
}

const refresh = (token: string, more: Record<string, string> = {}) => ({
  grant_type: 'refresh_token',
  refresh_token: token,
  ...more,
});
const statusWith = async (token: string) => (await server.graphql('{ viewer { sub } }', token)).status;

/** Stops the clock. Returns a function that sets it to some seconds later. */
function stopClock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] });
  const start = Date.now();
  return (seconds) => void vi.setSystemTime(start + seconds * 1000);
}

describe('RFC 6749 §6: refresh token grant', () => {
  it('S1-15 S3-08: a refresh returns a new access token and a new refresh token with the same scope', async () => {
    const client = await server.client({ scope: 'read write groups', accessTokenTtl: 36_000 });
    const first = await tokensOf(client);
    const inBody = { client_id: client.clientId, client_secret: client.secret };
    const { status, body } = await server.token(refresh(first.refresh_token, inBody));
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 36_000,
      token_type: 'Bearer',
      scope: 'read write groups',
      refresh_token: expect.any(String),
    });
    const tokens = [first.access_token, first.refresh_token, body.access_token, body.refresh_token];
    expect(new Set(tokens).size).toBe(4);
    expect((await server.token(refresh(body.refresh_token), client)).status).toBe(200);
  });

  it('S1-17 S4-07: a refresh can narrow the scope but never widen it', async () => {
    const client = await server.client();
    const { refresh_token } = await tokensOf(client, 'read groups');
    for (const scope of ['read groups write', 'write', 'nonsense'])
      expectTokenError(await server.token(refresh(refresh_token, { scope }), client), 400, 'invalid_scope');

    const narrow = await server.token(refresh(refresh_token, { scope: 'groups' }), client);
    expect(narrow).toMatchObject({ status: 200, body: { scope: 'groups' } });
    const reading = await server.graphql('{ users { nodes { username } } }', narrow.body.access_token);
    expect(reading).toMatchObject({ status: 403, body: { errors: [{ extensions: { missingScopes: ['read'] } }] } });
  });

  it('S3-09 S2-13: a refresh token expires after the configured idle time and with its authorization', async () => {
    const client = await server.client();
    const clock = stopClock();
    const [used, idle] = [await tokensOf(client), await tokensOf(client)];
    const { refreshTokenIdleTtl, refreshTokenTtl } = server.config;
    clock(refreshTokenIdleTtl - 1);
    let last = await server.token(refresh(used.refresh_token), client);
    expect(last.status).toBe(200);
    clock(refreshTokenIdleTtl);
    expectTokenError(await server.token(refresh(idle.refresh_token), client), 400, 'invalid_grant');

    // Rotation does not extend the lifetime of the authorization.
    for (let at = 2 * refreshTokenIdleTtl - 2; at < refreshTokenTtl; at += refreshTokenIdleTtl - 1) {
      clock(at);
      last = await server.token(refresh(last.body.refresh_token), client);
      expect(last.status).toBe(200);
    }
    clock(refreshTokenTtl);
    expectTokenError(await server.token(refresh(last.body.refresh_token), client), 400, 'invalid_grant');
  });
});

describe('Where they disagree: old access token after a refresh', () => {
  it('S1-16 S3-08 S2-13: the old refresh token stops working and the old access token is valid until it expires', async () => {
    const client = await server.client();
    const clock = stopClock();
    const first = await tokensOf(client);
    await server.token(refresh(first.refresh_token), client);
    expect(await statusWith(first.access_token)).toBe(200);
    clock(3599);
    expect(await statusWith(first.access_token)).toBe(200);
    clock(3600);
    expect(await statusWith(first.access_token)).toBe(401);
    expectTokenError(await server.token(refresh(first.refresh_token), client), 400, 'invalid_grant');
  });
});

describe('Where they disagree: expiry', () => {
  it('S4-02: expires_in is the remaining lifetime, not a constant', async () => {
    const client = await server.client({ accessTokenTtl: 86_400 });
    const clock = stopClock();
    const { refresh_token } = await tokensOf(client);
    const first = await server.token(refresh(refresh_token), client);
    clock(4.5);
    // A retry within the grace period returns the same tokens with a shorter remaining lifetime.
    const second = await server.token(refresh(refresh_token), client);
    expect(second.body).toEqual({ ...first.body, expires_in: 86_395, id_token: expect.any(String) });
    expect(first.body.expires_in).toBe(86_400);
  });

  it('S4-02: expires_in never exceeds the remaining lifetime of the authorization', async () => {
    const client = await server.client({ accessTokenTtl: 365 * 86_400 });
    const { body } = await server.token({ grant_type: 'client_credentials' }, client);
    expect(body.expires_in).toBe(365 * 86_400);
    expect((await tokensOf(client)).expires_in).toBe(server.config.refreshTokenTtl);
  });
});

describe('Where they disagree: refresh token', () => {
  const exchange = async (client: TestClient) => {
    const { verifier, challenge } = pkce();
    const code = await issueCode(server, client, { code_challenge: challenge, code_challenge_method: 'S256' });
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier };
    return server.token(
      client.secret === '' ? { ...form, client_id: client.clientId } : form,
      client.secret === '' ? undefined : client,
    );
  };

  it('S4-07: a public client with the grant type refresh_token gets a refresh token that rotates', async () => {
    const client = await server.client({
      tokenEndpointAuthMethod: 'none',
      grantTypes: ['authorization_code', 'refresh_token'],
      requirePkce: true,
    });
    const first = await exchange(client);
    expect(first.body).toHaveProperty('refresh_token');
    const second = await server.token(refresh(first.body.refresh_token, { client_id: client.clientId }));
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
  });

  it('no refresh token is issued with client_credentials or to a client without the grant type refresh_token', async () => {
    const client = await server.client();
    expect((await server.token({ grant_type: 'client_credentials' }, client)).body).not.toHaveProperty('refresh_token');
    const without = await server.client({ grantTypes: ['authorization_code', 'password'] });
    expect((await exchange(without)).body).not.toHaveProperty('refresh_token');
    expect(await tokensOf(without)).not.toHaveProperty('refresh_token');
    expectTokenError(await server.token(refresh('grt_whatever'), without), 400, 'unauthorized_client');
  });
});
