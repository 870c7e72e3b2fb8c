import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { updateClient } from '../../../src/oauth/registration/update.ts';
import { ASSERTION_TYPE, EXTENSION, seconds, signingClient } from '../../support/client-assertions.ts';
import { theOperator } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { read } from '../../support/send.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' });
});
afterAll(() => server.close());
afterEach(() => {
  vi.useRealTimers();
});

const DIRECT = { grant_type: 'client_credentials' };

/** Requests a token with only the assertion. */
const requestToken = async (form: Record<string, string>, more: Record<string, string> = {}) =>
  server.token({ ...DIRECT, ...form, ...more });

describe('RFC 7523 §2.2, §3: a client authenticates with a signed assertion', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
    'a %s assertion authenticates the client at the token, revocation and introspection endpoints',
    async (algorithm) => {
      const client = await signingClient(server, algorithm);
      expect(client.secret).toBe('');
      const { status, body } = await requestToken(await client.form());
      expect(status).toBe(200);
      const post = async (path: string) => {
        const form = new URLSearchParams({ token: body.access_token, ...(await client.form()) });
        return read(await server.request(path, { method: 'POST', body: form }));
      };
      expect((await post('/oauth/introspect')).body).toMatchObject({ active: true, client_id: client.clientId });
      expect((await post('/oauth/revoke')).status).toBe(200);
      expect((await post('/oauth/introspect')).body).toEqual({ active: false });
    },
  );

  it('§3 item 7: an assertion is accepted once over all endpoints, even if it is sent ten times at once', async () => {
    const client = await signingClient(server);
    const form = await client.form();
    const responses = await Promise.all(Array.from({ length: 10 }, () => requestToken(form)));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const response of responses.filter(({ status }) => status !== 200))
      expectTokenError(response, 401, 'invalid_client');
    const again = await server.request('/oauth/revoke', {
      method: 'POST',
      body: new URLSearchParams({ token: 'x', ...form }),
    });
    expect(again.status).toBe(401);
  });

  it('§3 item 7: two clients may use the same jti', async () => {
    const [one, other] = [await signingClient(server), await signingClient(server)];
    for (const client of [one, other])
      expect((await requestToken(await client.form({ jti: 'first' }))).status).toBe(200);
  });

  it.each<[string, (issuer: string) => Record<string, unknown>]>([
    ['for another server', () => ({ aud: 'https://other.example' })],
    ['for us and another server', (issuer) => ({ aud: [issuer, 'https://other.example'] })],
    ['for the token endpoint instead of the issuer', (issuer) => ({ aud: `${issuer}/oauth/token` })],
    ['without an audience', () => ({ aud: undefined })],
    ['from another issuer', () => ({ iss: 'somebody' })],
    ['without an issuer', () => ({ iss: undefined })],
    ['without a jti', () => ({ jti: undefined })],
    ['with an empty jti', () => ({ jti: '' })],
    ['with a jti that is not a string', () => ({ jti: 7 })],
    ['with a jti that is too long', () => ({ jti: 'x'.repeat(256) })],
    ['without an expiry', () => ({ exp: undefined })],
    ['that has expired', () => ({ exp: seconds() - 20 })],
    ['that expires in two hours', () => ({ exp: seconds() + 7200 })],
    ['that is not valid yet', () => ({ nbf: seconds() + 60 })],
    ['issued in the future', () => ({ iat: seconds() + 60 })],
    ['whose expiry is not a number', () => ({ exp: 'tomorrow' })],
  ])('§3: an assertion %s is rejected', async (_, claims) => {
    const client = await signingClient(server);
    expectTokenError(await requestToken(await client.form(claims(server.config.issuer))), 401, 'invalid_client');
  });

  it.each([['at+jwt'], ['logout+jwt'], ['dpop+jwt']])(
    'RFC 8725 §3.11: a JWT of the type %s is rejected',
    async (typ) => {
      const client = await signingClient(server);
      expectTokenError(await requestToken(await client.form({}, { typ })), 401, 'invalid_client');
      for (const good of ['JWT', 'client-authentication+jwt'])
        expect((await requestToken(await client.form({}, { typ: good }))).status).toBe(200);
    },
  );

  it('RFC 7515 §4.1.11: an assertion with an unknown critical header is rejected', async () => {
    const client = await signingClient(server);
    const more = { [EXTENSION]: true };
    expectTokenError(await requestToken(await client.form({}, { ...more, crit: [EXTENSION] })), 401, 'invalid_client');
    expect((await requestToken(await client.form({}, more))).status).toBe(200);
  });

  it('RFC 8725 §3.1: the algorithm none, a public key used as a secret, another key and a broken signature are rejected', async () => {
    const client = await signingClient(server);
    const [header, payload, signature] = (await client.assertion()).split('.');
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const foreign = await generateKeyPair('ES256');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const stored = await server.database
      .em()
      .execute('SELECT jwks FROM clients WHERE client_id = ?', [client.clientId]);
    const key = new TextEncoder().encode(JSON.stringify(stored[0]?.jwks.keys[0]));
    for (const client_assertion of [
      `${encode({ alg: 'none' })}.${payload}.`,
      `${encode({ alg: 'none', kid: 'k1' })}.${payload}.${signature}`,
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(key),
      await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(foreign.privateKey),
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(foreign.publicKey) })
        .sign(foreign.privateKey),
      `${header}.${payload}.${signature?.slice(0, -4)}AAAA`,
      `${header}.${encode({ ...claims, exp: claims.exp + 1 })}.${signature}`,
      `${header}.${payload}`,
      'x',
      '..',
      `${encode({})}.${encode([])}.x`,
    ])
      expectTokenError(
        await requestToken({ client_assertion_type: ASSERTION_TYPE, client_assertion }),
        401,
        'invalid_client',
      );
    // None of these requests consumed the assertion.
    const whole = { client_assertion_type: ASSERTION_TYPE, client_assertion: `${header}.${payload}.${signature}` };
    expect((await requestToken(whole)).status).toBe(200);
  });

  it('RFC 6749 §2.3: a client with private_key_jwt can use no other method, and other clients cannot use it', async () => {
    const [client, other] = [await signingClient(server), await server.client()];
    expectTokenError(await requestToken({ client_id: client.clientId }), 401, 'invalid_client');
    expectTokenError(await server.token(DIRECT, { ...client, secret: 'x' }), 401, 'invalid_client');
    const foreign = await client.form({ iss: other.clientId, sub: other.clientId });
    expectTokenError(await requestToken(foreign), 401, 'invalid_client');
    expectTokenError(await server.token({ ...DIRECT, ...(await client.form()) }, other), 400, 'invalid_request');
    expectTokenError(await requestToken(await client.form(), { client_secret: 'x' }), 400, 'invalid_request');
    expectTokenError(await requestToken(await client.form(), { client_id: other.clientId }), 400, 'invalid_request');
    expect((await requestToken(await client.form(), { client_id: client.clientId })).status).toBe(200);
  });

  it('RFC 7521 §4.2: client_assertion and client_assertion_type must be sent together', async () => {
    const client = await signingClient(server);
    const client_assertion = await client.assertion();
    const ids = { client_id: client.clientId };
    for (const form of [
      { client_assertion, ...ids },
      { client_assertion_type: ASSERTION_TYPE, ...ids },
      { client_assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer', ...ids },
    ])
      expectTokenError(await requestToken(form as Record<string, string>), 400, 'invalid_request');
  });

  it('clocks may differ by a few seconds, and a used assertion is stored for as long', async () => {
    const client = await signingClient(server);
    const kept = async () =>
      server.database.em().execute<{ at: Date }[]>('SELECT expires_at AS at FROM client_assertions');
    const before = new Set((await kept()).map(({ at }) => Number(new Date(at))));
    const form = await client.form({ exp: seconds() + 1, iat: seconds() + 5 });
    expect((await requestToken(form)).status).toBe(200);
    const [until] = (await kept()).map(({ at }) => Number(new Date(at))).filter((at) => !before.has(at));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 9000 });
    expectTokenError(await requestToken(form), 401, 'invalid_client');
    // The sweep may run on a node whose clock is fast.
    expect(until).toBeGreaterThan(Date.now() + 10_000);
  });

  it('an assertion is verified with the currently registered keys', async () => {
    const [client, next] = [await signingClient(server), await signingClient(server)];
    const change = (changes: object) => updateClient(server.database.em(), theOperator(), client.clientId, changes);
    const [{ jwks }] = (await server.database
      .em()
      .execute('SELECT jwks FROM clients WHERE client_id = ?', [next.clientId])) as [{ jwks: object }];
    await change({ jwks });
    expectTokenError(await requestToken(await client.form()), 401, 'invalid_client');
    const asClient = { iss: client.clientId, sub: client.clientId };
    expect((await requestToken(await next.form(asClient))).status).toBe(200);
    await change({ disabled: true });
    expectTokenError(await requestToken(await next.form(asClient)), 401, 'invalid_client');
  });
});
