import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setPassword } from '../../../../src/directory/set-password.ts';
import { updateUser } from '../../../../src/directory/update-user.ts';
import { updateClient } from '../../../../src/oauth/registration/update.ts';
import { revokeAuthorizations } from '../../../../src/oauth/tokens/admin-revocation.ts';
import { noRateLimits } from '../../../../src/store/rate-limits.ts';
import { answerIn, codeRequest, issueCode, reachConsent, sentTo } from '../../../support/authorize.ts';
import { type TestClient, type TestUser, theOperator } from '../../../support/fixtures.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { expectNothingWritten } from '../../../support/refusals.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';
import { bearerStatus, eventsOf, exchange, refreshing, tokenPair } from '../../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const refuse = (form: Record<string, string>, client: TestClient | undefined, status = 400, error = 'invalid_grant') =>
  expectNothingWritten(server, async () => expectTokenError(await server.token(form, client), status, error));

describe('RFC 6749 §6, §10.4: a refresh token is bound', () => {
  it('F104: to its client: another one is refused and ends nothing, without any it is 401', async () => {
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

  it('F104: of two public clients as well', async () => {
    const native = () =>
      server.client({
        tokenEndpointAuthMethod: 'none',
        requirePkce: true,
        grantTypes: ['authorization_code', 'refresh_token', 'password'],
      });
    const [own, other] = [await native(), await native()];
    const { username, password } = await server.user();
    const form = { grant_type: 'password', username, password, client_id: own.clientId };
    const { refresh_token } = (await server.token(form)).body;
    await refuse(refreshing(refresh_token, { client_id: other.clientId }), undefined);
    await refuse(refreshing(refresh_token), undefined, 401, 'invalid_client');
    expect((await server.token(refreshing(refresh_token, { client_id: own.clientId }))).status).toBe(200);
  });

  it.each<[string, (token: string) => string]>([
    ['one character changed', (token) => token.slice(0, -1) + (token.endsWith('x') ? 'y' : 'x')],
    ['a blank behind', (token) => `${token} `],
    ['a NUL behind', (token) => `${token}\0`],
    ['30 KB', (token) => token + 'x'.repeat(30_000)],
    ['beyond ASCII', () => 'é😀'],
    ['SQL', () => "' OR 1=1 --"],
  ])('%s is nobody’s', async (_, wrong) => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    await refuse(refreshing(wrong(refresh_token)), client);
    expect((await server.token(refreshing(refresh_token), client)).status).toBe(200);
  });

  it('it comes once, under its own name', async () => {
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

  it('F109: an access token is no refresh token, nor a code or a secret; and no other is an access token', async () => {
    const client = await server.client();
    const { access_token, refresh_token } = await tokenPair(server, client);
    const code = await issueCode(server, client);
    for (const wrong of [access_token, code, client.secret]) await refuse(refreshing(wrong), client);
    for (const wrong of [refresh_token, code, client.secret]) expect(await bearerStatus(server, wrong)).toBe(401);
  });
});

describe('RFC 6749 §6: scope', () => {
  it('F106: is never wider than what was granted, before and after it was narrowed', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client, { scope: 'read profile' });
    const wider = ['read profile write', 'write', 'unknown', 'read profile openid'];
    for (const scope of wider) await refuse(refreshing(first.refresh_token, { scope }), client, 400, 'invalid_scope');

    const { body: narrowed } = await server.token(refreshing(first.refresh_token, { scope: 'profile' }), client);
    expect(narrowed.scope).toBe('profile');
    for (const scope of wider)
      await refuse(refreshing(narrowed.refresh_token, { scope }), client, 400, 'invalid_scope');
    // §6: the scope originally granted is the measure, not that of the last access token.
    const { body: whole } = await server.token(refreshing(narrowed.refresh_token, { scope: 'profile read' }), client);
    expect(whole.scope).toBe('profile read');
  });

  it('F106: what was unticked was not granted', async () => {
    const client = await server.client();
    const browser = server.browser();
    const page = await reachConsent(
      server,
      codeRequest(client, { scope: 'read profile' }),
      await server.user(),
      browser,
    );
    const { code = '' } = answerIn(sentTo(await browser.submit(page, { 'scope profile': undefined }, 'allow')));
    const { scope, refresh_token } = (await server.token(exchange(code), client)).body;
    expect(scope).toBe('read');
    await refuse(refreshing(refresh_token, { scope: 'read profile' }), client, 400, 'invalid_scope');
  });

  it('F107: what the client has lost since is in no refreshed token', async () => {
    const client = await server.client({ scope: 'read profile' });
    const first = await tokenPair(server, client);
    await updateClient(server.database.em(), theOperator(), client.clientId, { scope: 'profile' });
    await refuse(refreshing(first.refresh_token, { scope: 'read' }), client, 400, 'invalid_scope');
    const { body } = await server.token(refreshing(first.refresh_token), client);
    expect(body.scope).toBe('profile');
    expect(await server.graphql('{ users { nodes { id } } }', body.access_token)).toMatchObject({ status: 403 });
  });
});

describe('RFC 9700 §4.14.2: a refresh token ends with what it hangs on', () => {
  const operator = () => [server.database.em(), theOperator()] as const;

  it.each<[string, (user: TestUser, client: TestClient) => Promise<unknown>]>([
    ['the user was disabled', ({ uuid }) => updateUser(...operator(), uuid, { disabled: true })],
    [
      'the password was changed',
      ({ uuid }) => setPassword(server.database.em(), noRateLimits, theOperator(), uuid, { password: 'another one' }),
    ],
    ['the consent was withdrawn', ({ uuid }, { clientId }) => revokeAuthorizations(...operator(), uuid, clientId)],
  ])('F110: once %s', async (_, end) => {
    const client = await server.client();
    const user = await server.user();
    const spent = await tokenPair(server, client, {}, user);
    const { body: newest } = await server.token(refreshing(spent.refresh_token), client);
    await end(user, client);
    // Not even inside the grace: nothing comes back to life.
    for (const pair of [spent, newest]) {
      await refuse(refreshing(pair.refresh_token), client);
      expect(await bearerStatus(server, pair.access_token)).toBe(401);
    }
  });

  it('F110: an enabled user again does not bring it back', async () => {
    const client = await server.client();
    const user = await server.user();
    const pair = await tokenPair(server, client, {}, user);
    for (const disabled of [true, false]) await updateUser(...operator(), user.uuid, { disabled });
    await refuse(refreshing(pair.refresh_token), client);
    expect(await bearerStatus(server, pair.access_token)).toBe(401);
  });

  it('once the client has lost the grant, or was disabled', async () => {
    const client = await server.client();
    const { access_token, refresh_token } = await tokenPair(server, client);
    await updateClient(...operator(), client.clientId, { grantTypes: ['authorization_code'] });
    await refuse(refreshing(refresh_token), client, 400, 'unauthorized_client');
    await updateClient(...operator(), client.clientId, { disabled: true });
    await refuse(refreshing(refresh_token), client, 401, 'invalid_client');
    expect(await bearerStatus(server, access_token)).toBe(401);
  });
});
