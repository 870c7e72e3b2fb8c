import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest, issueCode } from '../support/authorize.ts';
import { expectTokenError } from '../support/invariants.ts';
import { pkce } from '../support/pkce.ts';
import { countRows, expectErrorRedirect, expectNothingWritten } from '../support/refusals.ts';
import { sharedServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');
const S256 = (verifier: string) => ({ code_challenge: challengeOf(verifier), code_challenge_method: 'S256' });

const NATIVE = 'http://127.0.0.1/cb';
const publicClient = () =>
  server.client({
    tokenEndpointAuthMethod: 'none',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [NATIVE],
    requirePkce: true,
  });

const exchange = (code: string, more: Record<string, string> = {}) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: 'https://client.example/cb',
  ...more,
});

describe('RFC 7636 §4.3, §4.4.1: the challenge at the authorization endpoint', () => {
  it('C46: a public client must send one', async () => {
    const path = codeRequest(await publicClient(), { redirect_uri: NATIVE, state: 'x' });
    await expectNothingWritten(server, async () =>
      expectErrorRedirect(server, await server.request(path), 'invalid_request', { redirectUri: NATIVE, state: 'x' }),
    );
  });

  it('C46: a public client cannot be registered without PKCE', async () =>
    expect(server.client({ tokenEndpointAuthMethod: 'none', grantTypes: ['authorization_code'] })).rejects.toThrow(
      /PKCE/,
    ));

  it('C47: a confidential client must send one unless it was registered with requirePkce off', async () => {
    const strict = await server.client({ requirePkce: true });
    await expectErrorRedirect(server, await server.request(codeRequest(strict)), 'invalid_request');
    const byDefault = await server.client({ requirePkce: null });
    await expectErrorRedirect(server, await server.request(codeRequest(byDefault)), 'invalid_request');
    expect((await server.request(codeRequest(await server.client()))).headers.get('Location')).toMatch(/^\/login/);
  });

  const good = pkce().challenge;
  it.each([
    ['RFC 7636 §4.3', { code_challenge_method: 'plain' }],
    ['RFC 7636 §4.3', { code_challenge_method: 's256' }],
    ['RFC 7636 §4.3', { code_challenge_method: undefined }],
    ['C49', { code_challenge: good.slice(1) }],
    ['C49', { code_challenge: `${good}A` }],
    ['C49', { code_challenge: `${good}=` }],
    ['C49', { code_challenge: `${good.slice(1)}=` }],
    ['C49', { code_challenge: `${good.slice(1)}+` }],
    ['C49', { code_challenge: `${good.slice(1)}/` }],
    ['C49', { code_challenge: `${good.slice(1)}\0` }],
    ['C49', { code_challenge: `${good.slice(1)}é` }],
    ['C49', { code_challenge: `${good}\n` }],
    ['C49', { code_challenge: 'x'.repeat(10_000) }],
    ['C50', { code_challenge: undefined }],
    ['C50', { code_challenge: '' }],
  ])('%s: the challenge parameters %j are rejected', async (_, wrong) => {
    const path = codeRequest(await server.client(), { code_challenge: good, code_challenge_method: 'S256', ...wrong });
    await expectNothingWritten(server, async () =>
      expectErrorRedirect(server, await server.request(path), 'invalid_request'),
    );
  });
});

describe('RFC 7636 §4.6: the verifier at the token endpoint', () => {
  it('the right verifier is accepted from clients with and without a secret', async () => {
    const verifier = pkce().verifier;
    const client = await server.client({ requirePkce: true });
    const code = await issueCode(server, client, S256(verifier));
    expect((await server.token(exchange(code, { code_verifier: verifier }), client)).status).toBe(200);

    const native = await publicClient();
    const redirect_uri = 'http://127.0.0.1:51234/cb';
    const own = await issueCode(server, native, { redirect_uri, ...S256(verifier) });
    const form = exchange(own, { redirect_uri, code_verifier: verifier, client_id: native.clientId });
    expect((await server.token(form)).body).toMatchObject({ refresh_token: expect.stringMatching(/^grt_/) });
  });

  it('C52, C53: a wrong verifier is rejected, issues nothing and does not redeem the code', async () => {
    const verifier = pkce().verifier;
    const client = await server.client();
    const code = await issueCode(server, client, S256(verifier));
    const other = pkce().verifier;
    await issueCode(server, client, S256(other));
    const wrong = [
      ...[pkce().verifier, other, challengeOf(verifier), verifier.slice(1), verifier.toUpperCase(), `${verifier}=`],
      ...[
        'x'.repeat(42),
        'x'.repeat(43),
        'x'.repeat(129),
        `${verifier.slice(1)} `,
        `${verifier.slice(1)}é`,
        `${verifier}\0`,
      ],
    ];
    const before = await countRows(server);
    for (const code_verifier of wrong)
      expectTokenError(await server.token(exchange(code, { code_verifier }), client), 400, 'invalid_grant');
    expectTokenError(await server.token(exchange(code), client), 400, 'invalid_grant');
    expectTokenError(await server.token(exchange(code, { code_verifier: '' }), client), 400, 'invalid_grant');
    expect(await countRows(server)).toEqual(before);

    expect((await server.token(exchange(code, { code_verifier: verifier }), client)).status).toBe(200);
  });

  it('C53: a verifier that is too short or malformed is rejected, even if it matches', async () => {
    const client = await server.client();
    for (const verifier of ['x'.repeat(42), 'x'.repeat(129), `${'x'.repeat(50)}!`]) {
      const code = await issueCode(server, client, S256(verifier));
      expectTokenError(await server.token(exchange(code, { code_verifier: verifier }), client), 400, 'invalid_grant');
    }
  });

  it('a repeated verifier is malformed, and a verifier without a challenge is a downgrade', async () => {
    const verifier = pkce().verifier;
    const client = await server.client();
    const code = await issueCode(server, client, S256(verifier));
    const twice = new URLSearchParams(exchange(code, { code_verifier: verifier }));
    twice.append('code_verifier', verifier);
    expectTokenError(await server.token(twice, client), 400, 'invalid_request');

    const unbound = await issueCode(server, client);
    expectTokenError(await server.token(exchange(unbound, { code_verifier: verifier }), client), 400, 'invalid_grant');
  });

  it('C55: a verifier in a refresh request is ignored', async () => {
    const client = await server.client();
    const { body } = await server.token(exchange(await issueCode(server, client)), client);
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token, code_verifier: pkce().verifier };
    expect((await server.token(form, client)).status).toBe(200);
  });
});
