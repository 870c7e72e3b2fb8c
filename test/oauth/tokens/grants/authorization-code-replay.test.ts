import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { setPassword } from '../../../../src/directory/set-password.ts';
import { updateUser } from '../../../../src/directory/update-user.ts';
import { updateClient } from '../../../../src/oauth/registration/update.ts';
import { revokeAuthorizations } from '../../../../src/oauth/tokens/admin-revocation.ts';
import { noRateLimits } from '../../../../src/store/rate-limits.ts';
import { issueCode } from '../../../support/authorize.ts';
import { type TestClient, type TestUser, theOperator } from '../../../support/fixtures.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { countRows, expectNothingWritten } from '../../../support/refusals.ts';
import { startServer, type TestServer } from '../../../support/server.ts';
import {
  bearerStatus,
  eventsOf,
  exchange,
  expectRevoked,
  refreshing,
  tokenPair,
} from '../../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

const passTime = (seconds: number) => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
};

const refuse = async (code: string, client: TestClient, more: Record<string, string> = {}) =>
  expectTokenError(await server.token(exchange(code, more), client), 400, 'invalid_grant');

describe('RFC 6749 §4.1.2, §10.5: replay of a code', () => {
  it('D58: a replay revokes all tokens from the first use and is recorded in the audit trail', async () => {
    const client = await server.client();
    const user = await server.user();
    const code = await issueCode(server, client, {}, user);
    const { body: pair } = await server.token(exchange(code), client);
    expect(await bearerStatus(server, pair.access_token)).toBe(200);

    await expectNothingWritten(server, () => refuse(code, client));
    await expectRevoked(server, client, pair);
    await refuse(code, client);
    expect(await eventsOf(server, 'code.replayed', client)).toEqual([
      { actor_id: user.uuid, ip: '127.0.0.1', detail: { authorization: expect.any(String) } },
    ]);
    expect(server.log.join('')).not.toContain(code);
  });

  it('D58: a replay also revokes refreshed tokens, but no other authorization of the same user', async () => {
    const client = await server.client();
    const user = await server.user();
    const bystander = await tokenPair(server, client, { state: 'other' }, user);
    const code = await issueCode(server, client, {}, user);
    const { body: first } = await server.token(exchange(code), client);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    await refuse(code, client);
    expect(await bearerStatus(server, first.access_token)).toBe(401);
    await expectRevoked(server, client, second);
    expect(await bearerStatus(server, bystander.access_token)).toBe(200);
  });

  it.each([
    ['after 30 seconds', 30],
    ['after the code has expired', 61],
    ['after an hour', 3600],
    ['after a day', 86_399],
  ])('D59: a replay %s revokes the tokens as well', async (_, seconds) => {
    const client = await server.client();
    const code = await issueCode(server, client);
    const { body: pair } = await server.token(exchange(code), client);
    passTime(seconds);
    await refuse(code, client);
    expect(await eventsOf(server, 'code.replayed', client)).toHaveLength(1);
    await expectRevoked(server, client, pair);
  });

  it('a client that cannot prove possession of the code revokes nothing with it', async () => {
    const client = await server.client();
    const code = await issueCode(server, client);
    const { body: pair } = await server.token(exchange(code), client);
    await refuse(code, await server.client());
    await refuse(code, client, { redirect_uri: 'https://client.example/other' });
    await refuse(code, client, { code_verifier: 'x'.repeat(43) });
    expectTokenError(await server.token(exchange(code), { ...client, secret: 'wrong' }), 401, 'invalid_client');
    expect(await bearerStatus(server, pair.access_token)).toBe(200);
    expect(await eventsOf(server, 'code.replayed', client)).toEqual([]);
  });
});

describe('RFC 6749 §4.1.3: binding of a code', () => {
  it('D61: another client can neither redeem nor invalidate a code', async () => {
    const client = await server.client();
    const code = await issueCode(server, client);
    const thief = await server.client();
    await expectNothingWritten(server, () => refuse(code, thief));
    const { status, body } = await server.token(exchange(code), client);
    expect(status).toBe(200);
    await refuse(code, thief);
    expect(await bearerStatus(server, body.access_token)).toBe(200);
  });

  it.each<[string, (user: TestUser, client: TestClient) => Promise<unknown>]>([
    ['was disabled', ({ uuid }) => updateUser(server.database.em(), theOperator(), uuid, { disabled: true })],
    [
      'got another password',
      ({ uuid }) => setPassword(server.database.em(), noRateLimits, theOperator(), uuid, { password: 'another one' }),
    ],
    [
      'withdrew the consent',
      ({ uuid }, { clientId }) => revokeAuthorizations(server.database.em(), theOperator(), uuid, clientId),
    ],
  ])('D67: a code is rejected after its user %s', async (_, change) => {
    const client = await server.client();
    const user = await server.user();
    const code = await issueCode(server, client, {}, user);
    await change(user, client);
    const before = await countRows(server);
    await refuse(code, client);
    expect(await countRows(server)).toEqual(before);
  });

  it('D68: a code is rejected if the client has lost the grant type', async () => {
    const client = await server.client();
    const code = await issueCode(server, client);
    await updateClient(server.database.em(), theOperator(), client.clientId, { grantTypes: ['password'] });
    await expectNothingWritten(server, async () =>
      expectTokenError(await server.token(exchange(code), client), 400, 'unauthorized_client'),
    );
  });

  it('D68: a token does not have a scope that the client has lost since the code was issued', async () => {
    const client = await server.client({ scope: 'profile read' });
    const code = await issueCode(server, client);
    await updateClient(server.database.em(), theOperator(), client.clientId, { scope: 'profile' });
    expect((await server.token(exchange(code), client)).body).toMatchObject({ scope: 'profile' });
  });
});
