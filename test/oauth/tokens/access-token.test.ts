import { createLocalJWKSet, decodeJwt, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { issueCode } from '../../support/authorize.ts';
import { introspect, revoke } from '../../support/client-endpoints.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { jwksOf } from '../../support/id-tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { bearerStatus, exchange, refreshing } from '../../support/token-forms.ts';

const API = 'https://api.example';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer();
  client = await server.client({ accessTokenFormat: 'JWT', resources: [API] });
});
afterAll(() => server.close());
afterEach(() => {
  vi.useRealTimers();
});

const direct = async (more: Record<string, string> = {}): Promise<string> =>
  (await server.token({ grant_type: 'client_credentials', ...more }, client)).body.access_token;

/** RFC 9068 §4: validates the token locally, as an API does. */
const check = async (token: string, audience: string) =>
  jwtVerify(token, createLocalJWKSet(await jwksOf(server)), { issuer: server.config.issuer, audience, typ: 'at+jwt' });

describe('RFC 9068 §2: JWT access tokens', () => {
  it('the JWT for a user has every required claim, and the ID token has an at_hash', async () => {
    const user = await server.user();
    const { body } = await server.token(
      exchange(await issueCode(server, client, { scope: 'read openid' }, user)),
      client,
    );
    const { payload, protectedHeader } = await check(body.access_token, server.config.issuer);
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toEqual({
      ...{ iss: server.config.issuer, sub: user.id, aud: server.config.issuer, client_id: client.clientId },
      ...{ iat: expect.any(Number), exp: (payload.iat ?? 0) + body.expires_in, scope: 'read openid' },
      jti: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(body.token_type).toBe('Bearer');
    expect(decodeJwt(body.id_token).at_hash).toMatch(/^[\w-]{22}$/);
    expect(await bearerStatus(server, body.access_token)).toBe(200);
  });

  it('the JWT of a client for its own API is rejected by the GraphQL API', async () => {
    const token = await direct({ resource: API, scope: 'read' });
    const { payload } = await check(token, API);
    expect(payload).toMatchObject({ sub: client.clientId, client_id: client.clientId, aud: API, scope: 'read' });
    expect(await bearerStatus(server, token)).toBe(401);
    const form = new URLSearchParams({ grant_type: 'client_credentials', resource: API });
    form.append('resource', server.config.issuer);
    const both = (await server.token(form, client)).body.access_token;
    expect((await check(both, API)).payload.aud).toEqual([API, server.config.issuer]);
    expect(await bearerStatus(server, both)).toBe(200);
  });

  it('a client without the JWT format gets opaque tokens', async () => {
    const { body } = await server.token({ grant_type: 'client_credentials' }, await server.client());
    expect(body.access_token).toMatch(/^gat_/);
  });
});

describe('RFC 9068 §4: JWT access tokens in the database', () => {
  it('a JWT is rejected as soon as its client revokes it or its refresh token', async () => {
    const token = await direct();
    expect((await introspect(server, token, client)).body).toMatchObject({ active: true, token_type: 'Bearer' });
    expect((await revoke(server, token, client)).status).toBe(200);
    expect([await bearerStatus(server, token), (await introspect(server, token, client)).body]).toEqual([
      401,
      { active: false },
    ]);
    // RFC 9068 §4: an API that validates it locally still accepts it.
    expect((await check(token, server.config.issuer)).payload.jti).toBeDefined();

    const { body } = await server.token(exchange(await issueCode(server, client)), client);
    await revoke(server, body.refresh_token, client);
    expect(await bearerStatus(server, body.access_token)).toBe(401);
  });

  it('a JWT can be revoked by its user through the API, but not by another user', async () => {
    const [user, stranger] = [await server.user(), await server.user()];
    const code = () => issueCode(server, client, { scope: 'write' }, user);
    const [one, other] = [
      (await server.token(exchange(await code()), client)).body.access_token,
      (await server.token(exchange(await code()), client)).body.access_token,
    ];
    const revokeOne = (bearer: string) =>
      server.graphql('mutation($token: String!) { revokeToken(input: { token: $token }) { revoked } }', bearer, {
        token: one,
      });
    const foreign = await revokeOne(await server.accessToken({ user: stranger, scopes: ['write'] }));
    expect([foreign.body.data.revokeToken, await bearerStatus(server, one)]).toEqual([null, 200]);
    expect((await revokeOne(other)).body.data.revokeToken).toEqual({ revoked: true });
    expect([await bearerStatus(server, one), await bearerStatus(server, other)]).toEqual([401, 200]);
  });

  it('a JWT is rejected after it has expired', async () => {
    const token = await direct();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_601_000 });
    expect(await bearerStatus(server, token)).toBe(401);
  });

  it('RFC 8725: an ID token, a foreign signature, no signature, a changed payload and a bare jti are rejected', async () => {
    const { body } = await server.token(exchange(await issueCode(server, client, { scope: 'openid' })), client);
    const { payload } = await check(body.access_token, server.config.issuer);
    const { privateKey } = await generateKeyPair('RS256');
    const [header, , signature] = body.access_token.split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const token of [
      body.id_token,
      await new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' }).sign(privateKey),
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(payload)}.`,
      `${header}.${encode({ ...payload, scope: 'write' })}.${signature}`,
      String(payload.jti),
    ])
      expect(await bearerStatus(server, token)).toBe(401);
    expect(await bearerStatus(server, body.access_token)).toBe(200);
  });
});

describe('RFC 9700 §4.14.2: JWT access tokens within the refresh grace period', () => {
  it('F98: a repeated refresh returns the same refresh token and the same signed access token', async () => {
    const { body } = await server.token(exchange(await issueCode(server, client)), client);
    const refresh = () => server.token(refreshing(body.refresh_token), client);
    const first = await refresh();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3000 });
    const retry = await refresh();
    expect([retry.status, retry.body.refresh_token]).toEqual([200, first.body.refresh_token]);
    expect(retry.body.access_token).toBe(first.body.access_token);
    expect(await bearerStatus(server, retry.body.access_token)).toBe(200);
  });
});
