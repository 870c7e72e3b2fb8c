import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { issueCode, reachConsent, responseParams, sentTo } from '../support/authorize.ts';
import { jwksOf, verifyIdToken } from '../support/id-tokens.ts';
import { expectTokenError } from '../support/invariants.ts';
import {
  bearer,
  type Conformance,
  type Modules,
  startConformance,
  type TOKEN_MODULES,
} from '../support/openid-conformance.ts';
import { pkce } from '../support/pkce.ts';
import { bearerStatus, exchange, refreshing } from '../support/token-forms.ts';

let op: Conformance;
beforeAll(async () => {
  op = await startConformance();
});
afterAll(() => op.server.close());

/** Users have no such claims, so the scope is not advertised and is ignored (OpenID Connect Core 1.0 §3.1.2.1). */
async function ignoresScope(scope: string, granted = 'openid'): Promise<void> {
  expect((await op.metadata()).scopes_supported).not.toContain(scope);
  const code = await issueCode(op.server, op.client, { scope: `openid ${scope}` }, op.user);
  expect((await op.server.token(exchange(code), op.client)).body.scope).toBe(granted);
}

/** A used code is still recognised, and its tokens are revoked. */
async function reusesCode(seconds: number): Promise<void> {
  const { server, client, user } = op;
  const code = await issueCode(server, client, { scope: 'openid' }, user);
  const { body } = await server.token(exchange(code), client);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + seconds * 1000);
  try {
    expectTokenError(await server.token(exchange(code), client), 400, 'invalid_grant');
    expect(await bearerStatus(server, body.access_token)).toBe(401);
  } finally {
    vi.useRealTimers();
  }
}

const MODULES: Modules<typeof TOKEN_MODULES> = {
  'oidcc-server': async () => {
    const browser = op.server.browser();
    const page = await browser.submit(await reachConsent(op.server, op.link(), op.user, browser), {}, 'allow');
    expect(responseParams(sentTo(page))).toMatchObject({ state: 's', iss: op.server.config.issuer });
    const claims = await op.claimsAt(page);
    expect(claims).toMatchObject({ sub: op.user.id, nonce: 'n' });
    expect(claims.sub).toMatch(/^[\x20-\x7e]{1,255}$/);
  },
  'oidcc-server-client-secret-post': async () => {
    const posting = await op.server.client({ tokenEndpointAuthMethod: 'client_secret_post' });
    const code = await issueCode(op.server, posting, { scope: 'openid' }, op.user);
    const { body } = await op.server.token({
      ...exchange(code),
      ...{ client_id: posting.clientId, client_secret: posting.secret },
    });
    expect((await verifyIdToken(op.server, posting, body.id_token)).claims.sub).toBe(op.user.id);
  },
  'oidcc-idtoken-signature': async () => {
    const { id_token } = await op.tokensFor();
    const { kid, alg } = await verifyIdToken(op.server, op.client, id_token);
    expect(alg).toBe('RS256');
    expect((await jwksOf(op.server)).keys.map((key) => key.kid)).toContain(kid);
  },
  // Does not apply, because unsigned ID tokens are neither advertised nor available at registration.
  'oidcc-idtoken-unsigned': async () => {
    expect((await op.metadata()).id_token_signing_alg_values_supported).not.toContain('none');
    const query = `mutation { registerClient(input: {name: "x", grantTypes: [password], idTokenSignedResponseAlg: none}) { errors { code } } }`;
    expect((await op.server.graphql(query, await op.server.accessToken({ scopes: ['clients'] }))).status).toBe(400);
  },
  'oidcc-userinfo-get': async () => {
    expect(await op.userInfo(bearer((await op.tokensFor()).access_token))).toEqual({ sub: op.user.id });
  },
  'oidcc-userinfo-post-header': async () => {
    expect(await op.userInfo({ ...bearer((await op.tokensFor()).access_token), method: 'POST' })).toEqual({
      sub: op.user.id,
    });
  },
  'oidcc-userinfo-post-body': async () => {
    const body = new URLSearchParams({ access_token: (await op.tokensFor()).access_token });
    expect(await op.userInfo({ method: 'POST', body })).toEqual({ sub: op.user.id });
  },
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': async () => {
    expect(await op.claimsFor({ nonce: undefined })).not.toHaveProperty('nonce');
  },
  'oidcc-scope-profile': async () => {
    const { access_token } = await op.tokensFor({ scope: 'openid profile' });
    expect(await op.userInfo(bearer(access_token))).toMatchObject({ name: 'Ada Lovelace', given_name: 'Ada' });
  },
  'oidcc-scope-email': async () => {
    const { access_token } = await op.tokensFor({ scope: 'openid email' });
    expect(await op.userInfo(bearer(access_token))).toEqual({
      sub: op.user.id,
      email: op.user.email,
      email_verified: false,
    });
  },
  // Do not apply, because users have neither and the scopes are not advertised. They are ignored.
  'oidcc-scope-address': () => ignoresScope('address'),
  'oidcc-scope-phone': () => ignoresScope('phone'),
  'oidcc-scope-all': () => ignoresScope('profile email address phone', 'openid profile email'),
  'oidcc-ensure-other-scope-order-succeeds': async () => {
    const { scope, access_token } = await op.tokensFor({ scope: 'email openid' });
    expect(scope).toBe('email openid');
    expect(await op.userInfo(bearer(access_token))).toMatchObject({ email: op.user.email });
  },
  'oidcc-codereuse': () => reusesCode(0),
  // The used code must still be recognised after 30 seconds.
  'oidcc-codereuse-30seconds': () => reusesCode(30),
  'oidcc-claims-essential': async () => {
    const claims = JSON.stringify({ userinfo: { name: { essential: true } } });
    const { access_token } = await op.tokensFor({ claims });
    expect(await op.userInfo(bearer(access_token))).toMatchObject({ name: 'Ada Lovelace' });
  },
  'oidcc-refresh-token': async () => {
    const first = await op.tokensFor();
    const { body: second } = await op.server.token(refreshing(first.refresh_token), op.client);
    expect(second.access_token).not.toBe(first.access_token);
    const { claims } = await verifyIdToken(op.server, op.client, second.id_token);
    expect(claims).toMatchObject({ sub: op.user.id, azp: op.client.clientId });
    const other = await op.server.client();
    expectTokenError(await op.server.token(refreshing(second.refresh_token), other), 400, 'invalid_grant');
  },
  'oidcc-ensure-request-with-valid-pkce-succeeds': async () => {
    const { verifier, challenge } = pkce();
    const query = { scope: 'openid', code_challenge: challenge, code_challenge_method: 'S256' };
    const code = await issueCode(op.server, op.client, query, op.user);
    expectTokenError(await op.server.token(exchange(code), op.client), 400, 'invalid_grant');
    const { body } = await op.server.token(exchange(code, { code_verifier: verifier }), op.client);
    expect((await verifyIdToken(op.server, op.client, body.id_token)).claims.sub).toBe(op.user.id);
  },
  'oidcc-discovery-endpoint-verification': async () => {
    const metadata = await op.metadata();
    expect(metadata.issuer).toBe(op.server.config.issuer);
    const required = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'];
    for (const name of required) expect(metadata[name]).toMatch(/^https?:\/\/[^#]+$/);
    for (const name of ['response_types', 'subject_types', 'id_token_signing_alg_values'])
      expect(metadata[`${name}_supported`].length).toBeGreaterThan(0);
    expect(metadata.scopes_supported).toContain('openid');
    expect(metadata.claims_supported).toContain('sub');
    expect((await jwksOf(op.server)).keys.length).toBeGreaterThan(0);
  },
};

describe('OpenID Foundation conformance: Basic OP, Config OP', () => {
  it.each(Object.entries(MODULES))('%s', async (_name, module) => {
    await module();
  });
});
