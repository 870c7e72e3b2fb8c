import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setPassword } from '../../../../src/directory/set-password.ts';
import { updateUser } from '../../../../src/directory/update-user.ts';
import { updateClient } from '../../../../src/oauth/registration/update.ts';
import { revokeAuthorizations } from '../../../../src/oauth/tokens/admin-revocation.ts';
import { noRateLimits } from '../../../../src/store/rate-limits.ts';
import { codeRequest, issueCode, reachConsent, responseParams, sentTo } from '../../../support/authorize.ts';
import { type TestClient, type TestUser, theOperator } from '../../../support/fixtures.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { expectNothingWritten } from '../../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';
import {
  bearerStatus,
  eventsOf,
  exchange,
  publicTokenPair,
  refreshing,
  tokenPair,
} from '../../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const refuse = (form: Record<string, string>, client: TestClient | undefined, status = 400, error = 'invalid_grant') =>
  expectNothingWritten(server, async () => expectTokenError(await server.token(form, client), status, error));

describe('RFC 6749 §6, §10.4: binding of a refresh token to its client', () => {
  it('F104: another client gets invalid_grant and revokes nothing, and a request without a client is 401', async () => {
    const client = await server.client();
    const { access_token, refresh_token } = await tokenPair(server, client);
    await refuse(refreshing(refresh_token), await server.client());
    await refuse(refreshing(refresh_token), undefined, 401, 'invalid_client');
    await refuse(refreshing(refresh_token), { ...client, secret: 'wrong' }, 401, 'invalid_client');
    await refuse(refreshing(refresh_token, { client_id: client.clientId }), undefined, 401, 'invalid_client');
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
    expect(await bearerStatus(server, access_token)).toBe(200);
    expect((await server.token(refreshing(refresh_token), client)).status).toBe(200);
  });

  it('F104: another public client gets invalid_grant as well', async () => {
    const native = () =>
      server.client({
        tokenEndpointAuthMethod: 'none',
        requirePkce: true,
        grantTypes: ['authorization_code', 'refresh_token'],
      });
    const [own, other] = [await native(), await native()];
    const { refresh_token } = await publicTokenPair(server, own);
    await refuse(refreshing(refresh_token, { client_id: other.clientId }), undefined);
    await refuse(refreshing(refresh_token), undefined, 401, 'invalid_client');
    expect((await server.token(refreshing(refresh_token, { client_id: own.clientId }))).status).toBe(200);
  });

  it.each<[string, (token: string) => string]>([
    ['a token with one character changed', (token) => token.slice(0, -1) + (token.endsWith('x') ? 'y' : 'x')],
    ['a token with a space at the end', (token) => `${token} `],
    ['a token with a NUL at the end', (token) => `${token}\0`],
    ['a token of 30 KB', (token) => token + 'x'.repeat(30_000)],
    ['non-ASCII text', () => 'é😀'],
    ['an SQL injection', () => "' OR 1=1 --"],
  ])('%s is invalid_grant', async (_, alter) => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    await refuse(refreshing(alter(refresh_token)), client);
    expect((await server.token(refreshing(refresh_token), client)).status).toBe(200);
  });

  it('a repeated, misspelt or empty refresh_token is invalid_request', async () => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    const twice = new URLSearchParams(refreshing(refresh_token));
    twice.append('refresh_token', refresh_token);
    await refuse({ grant_type: 'refresh_token', 'refresh_token[]': refresh_token }, client, 400, 'invalid_request');
    await refuse({ grant_type: 'refresh_token', refresh_token: '' }, client, 400, 'invalid_request');
    await expectNothingWritten(server, async () =>
      expectTokenError(await server.token(twice, client), 400, 'invalid_request'),
    );
    expect((await server.token(refreshing(refresh_token), client)).status).toBe(200);
  });

  it('F109: access tokens, codes and secrets are not accepted as refresh tokens, nor the others as access tokens', async () => {
    const client = await server.client();
    const { access_token, refresh_token } = await tokenPair(server, client);
    const code = await issueCode(server, client);
    for (const wrong of [access_token, code, client.secret]) await refuse(refreshing(wrong), client);
    for (const wrong of [refresh_token, code, client.secret]) expect(await bearerStatus(server, wrong)).toBe(401);
  });
});

describe('RFC 6749 §6: scope of a refresh', () => {
  it('F106: the scope is never wider than the granted one, also after it was narrowed', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client, { scope: 'read profile' });
    const wider = ['read profile write', 'write', 'unknown', 'read profile openid'];
    for (const scope of wider) await refuse(refreshing(first.refresh_token, { scope }), client, 400, 'invalid_scope');

    const { body: narrowed } = await server.token(refreshing(first.refresh_token, { scope: 'profile' }), client);
    expect(narrowed.scope).toBe('profile');
    for (const scope of wider)
      await refuse(refreshing(narrowed.refresh_token, { scope }), client, 400, 'invalid_scope');
    // §6: the limit is the scope originally granted, not that of the last access token.
    const { body: whole } = await server.token(refreshing(narrowed.refresh_token, { scope: 'profile read' }), client);
    expect(whole.scope).toBe('profile read');
  });

  it('F106: a scope that the user unticked cannot be refreshed', async () => {
    const client = await server.client();
    const browser = server.browser();
    const page = await reachConsent(
      server,
      codeRequest(client, { scope: 'read profile' }),
      await server.user(),
      browser,
    );
    const { code = '' } = responseParams(sentTo(await browser.submit(page, { 'scope profile': undefined }, 'allow')));
    const { scope, refresh_token } = (await server.token(exchange(code), client)).body;
    expect(scope).toBe('read');
    await refuse(refreshing(refresh_token, { scope: 'read profile' }), client, 400, 'invalid_scope');
  });

  it('F107: a refreshed token does not have a scope that the client has lost since', async () => {
    const client = await server.client({ scope: 'read profile' });
    const first = await tokenPair(server, client);
    await updateClient(server.database.em(), theOperator(), client.clientId, { scope: 'profile' });
    await refuse(refreshing(first.refresh_token, { scope: 'read' }), client, 400, 'invalid_scope');
    const { body } = await server.token(refreshing(first.refresh_token), client);
    expect(body.scope).toBe('profile');
    expect(await server.graphql('{ users { nodes { id } } }', body.access_token)).toMatchObject({ status: 403 });
  });
});

describe('RFC 9700 §4.14.2: revocation of refresh tokens', () => {
  const operator = () => [server.database.em(), theOperator()] as const;

  it.each<[string, (user: TestUser, client: TestClient) => Promise<unknown>]>([
    ['the user was disabled', ({ uuid }) => updateUser(...operator(), uuid, { disabled: true })],
    [
      'the password was changed',
      ({ uuid }) => setPassword(server.database.em(), noRateLimits, theOperator(), uuid, { password: 'another one' }),
    ],
    ['the consent was withdrawn', ({ uuid }, { clientId }) => revokeAuthorizations(...operator(), uuid, clientId)],
  ])('F110: all tokens are rejected after %s', async (_, revoke) => {
    const client = await server.client();
    const user = await server.user();
    const rotated = await tokenPair(server, client, {}, user);
    const { body: newest } = await server.token(refreshing(rotated.refresh_token), client);
    await revoke(user, client);
    // Also within the grace period.
    for (const pair of [rotated, newest]) {
      await refuse(refreshing(pair.refresh_token), client);
      expect(await bearerStatus(server, pair.access_token)).toBe(401);
    }
  });

  it('F110: tokens of a disabled user stay revoked after the user is enabled again', async () => {
    const client = await server.client();
    const user = await server.user();
    const pair = await tokenPair(server, client, {}, user);
    for (const disabled of [true, false]) await updateUser(...operator(), user.uuid, { disabled });
    await refuse(refreshing(pair.refresh_token), client);
    expect(await bearerStatus(server, pair.access_token)).toBe(401);
  });

  it('a refresh token is rejected after its client lost the grant type or was disabled', async () => {
    const client = await server.client();
    const { access_token, refresh_token } = await tokenPair(server, client);
    await updateClient(...operator(), client.clientId, { grantTypes: ['authorization_code'] });
    await refuse(refreshing(refresh_token), client, 400, 'unauthorized_client');
    await updateClient(...operator(), client.clientId, { disabled: true });
    await refuse(refreshing(refresh_token), client, 401, 'invalid_client');
    expect(await bearerStatus(server, access_token)).toBe(401);
  });
});
