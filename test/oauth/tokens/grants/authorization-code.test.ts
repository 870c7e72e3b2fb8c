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

const form = (code: string) => ({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
const inBody = ({ clientId, secret }: TestClient) => ({ client_id: clientId, client_secret: secret });
const statusWith = async (token: string) => (await server.graphql('{ viewer { sub } }', token)).status;

describe('RFC 6749 §4.1.3, §4.1.4: exchange of a code for tokens', () => {
  it('S0-10 S0-15: the response has exactly five members, the configured lifetime and no-store', async () => {
    const client = await server.client({ accessTokenTtl: 36_000 });
    const code = await issueCode(server, client, { scope: 'read write' });
    const { status, body, headers } = await server.token({ ...form(code), ...inBody(client) });

    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^gat_[0-9A-Za-z]{49}$/),
      expires_in: 36_000,
      token_type: 'Bearer',
      scope: 'read write',
      refresh_token: expect.stringMatching(/^grt_[0-9A-Za-z]{49}$/),
    });
    expect(headers.get('Content-Type')).toMatch(/^application\/json\b/);
    expect({ cache: headers.get('Cache-Control'), pragma: headers.get('Pragma') }).toEqual({
      cache: 'no-store',
      pragma: 'no-cache',
    });
    expect(await statusWith(body.access_token)).toBe(200);
  });

  it('S2-11: a client without the grant type refresh_token gets no refresh token, and redirect_uri may be omitted if none was sent before', async () => {
    const client = await server.client({ grantTypes: ['authorization_code', 'password'], accessTokenTtl: 864_000 });
    const code = await issueCode(server, client, { scope: 'profile', redirect_uri: undefined });
    const { body } = await server.token({ grant_type: 'authorization_code', scope: 'profile', code }, client);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 864_000,
      token_type: 'Bearer',
      scope: 'profile',
    });
  });

  it('S3-05: a client with redirectUriOptional needs only grant_type and code', async () => {
    const client = await server.client({ redirectUriOptional: true });
    const { status, body } = await server.token(
      { grant_type: 'authorization_code', code: await issueCode(server, client) },
      client,
    );
    expect({ status, refreshable: 'refresh_token' in body }).toEqual({ status: 200, refreshable: true });
  });

  it('S0-16: the token opens a protected resource, which without a token responds with a Bearer challenge', async () => {
    const client = await server.client();
    const { body } = await server.token(form(await issueCode(server, client)), client);
    expect(await server.graphql('{ viewer { __typename } }', body.access_token)).toMatchObject({
      status: 200,
      body: { data: { viewer: { __typename: 'Viewer' } } },
    });
    const refused = await server.graphql('{ viewer { __typename } }');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('WWW-Authenticate')).toMatch(/^Bearer realm="/);
    expect(refused.body).not.toHaveProperty('data');
  });
});

describe('RFC 6749 §4.1.2: lifetime and single use of a code', () => {
  it('S0-11: a code is valid after 59 seconds and expired after 61', async () => {
    const client = await server.client();
    const user = await server.user();
    vi.useFakeTimers({ toFake: ['Date'] });
    const [early, late] = [await issueCode(server, client, {}, user), await issueCode(server, client, {}, user)];
    const issuedAt = Date.now();
    vi.setSystemTime(issuedAt + 59_000);
    expect((await server.token(form(early), client)).status).toBe(200);
    vi.setSystemTime(issuedAt + 61_000);
    expectTokenError(await server.token(form(late), client), 400, 'invalid_grant');
  });

  it('S0-12: the second use of a code is invalid_grant and revokes the tokens from the first', async () => {
    const client = await server.client();
    const code = await issueCode(server, client);
    const first = await server.token(form(code), client);
    expect(await statusWith(first.body.access_token)).toBe(200);

    expectTokenError(await server.token(form(code), client), 400, 'invalid_grant');
    expect(await statusWith(first.body.access_token)).toBe(401);
    const refresh = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token };
    expectTokenError(await server.token(refresh, client), 400, 'invalid_grant');
  });
});

describe('RFC 6749 §4.1.3: binding of a code to its client and redirect URI', () => {
  it('S0-14: another redirect_uri, another client and a wrong secret are rejected and keep the code valid', async () => {
    const client = await server.client();
    const stranger = await server.client();
    const code = await issueCode(server, client);

    const elsewhere = { ...form(code), redirect_uri: 'https://client.example/other' };
    expectTokenError(await server.token(elsewhere, client), 400, 'invalid_grant');
    // S3-12: the code belongs to the client it was issued to.
    expectTokenError(await server.token(form(code), stranger), 400, 'invalid_grant');
    expectTokenError(await server.token(form(code), { ...client, secret: stranger.secret }), 401, 'invalid_client');
    const wrongInBody = await server.token({ ...form(code), ...inBody(client), client_secret: 'wrong' });
    expectTokenError(wrongInBody, 401, 'invalid_client');
    expect((await server.token(form(code), client)).status).toBe(200);
  });

  it('S0-14: a redirect_uri that was sent to the authorization endpoint is required', async () => {
    const client = await server.client();
    const code = await issueCode(server, client);
    expectTokenError(await server.token({ grant_type: 'authorization_code', code }, client), 400, 'invalid_request');
  });
});

describe('Where they disagree: `redirect_uri` at the exchange', () => {
  it.each([
    ['sent to both endpoints', CALLBACK, CALLBACK, 200],
    ['sent to neither endpoint', undefined, undefined, 200],
    ['a registered one, sent to the token endpoint only', undefined, CALLBACK, 200],
    ['an unregistered one, sent to the token endpoint only', undefined, 'https://client.example/other', 400],
    ['sent to the authorization endpoint only', CALLBACK, undefined, 400],
  ])('%s', async (_, atAuthorize, atExchange, status) => {
    const client = await server.client();
    const code = await issueCode(server, client, { redirect_uri: atAuthorize });
    const exchange = { grant_type: 'authorization_code', code, ...(atExchange ? { redirect_uri: atExchange } : {}) };
    expect((await server.token(exchange, client)).status).toBe(status);
  });

  it('a code with PKCE can be redeemed without the redirect_uri that was sent before', async () => {
    const client = await server.client();
    const { verifier, challenge } = pkce();
    const code = await issueCode(server, client, { code_challenge: challenge, code_challenge_method: 'S256' });
    const exchange = { grant_type: 'authorization_code', code, code_verifier: verifier };
    expect((await server.token(exchange, client)).status).toBe(200);
  });
});
