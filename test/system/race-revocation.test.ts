import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { deleteUser } from '../../src/directory/delete-user.ts';
import { setPassword } from '../../src/directory/set-password.ts';
import { updateUser } from '../../src/directory/update-user.ts';
import { deleteClient, updateClient } from '../../src/oauth/registration/update.ts';
import { revokeAuthorizations } from '../../src/oauth/tokens/admin-revocation.ts';
import { noRateLimits } from '../../src/store/rate-limits.ts';
import { issueCode } from '../support/authorize.ts';
import { introspect, revoke } from '../support/client-endpoints.ts';
import { type TestClient, type TestUser, theOperator } from '../support/fixtures.ts';
import type { TestResponse } from '../support/send.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { bearerStatus, exchange, refreshing, tokenPair } from '../support/token-forms.ts';

/** Fewer rounds on the embedded database, which executes one statement at a time. */
const ROUNDS = inject('databases').kind === 'postgres' ? 12 : 3;

let server: TestServer;
let watcher: TestClient;
beforeAll(async () => {
  server = await startServer();
  watcher = await server.client({ servicePermissions: ['INTROSPECT'] });
});
afterAll(() => server.close());

const em = () => server.database.em();

/** All changes that invalidate the tokens of a user or client. */
const REVOCATIONS: [what: string, revokeAll: (user: TestUser, client: TestClient) => Promise<unknown>][] = [
  ['the consent is withdrawn', ({ uuid }, { clientId }) => revokeAuthorizations(em(), theOperator(), uuid, clientId)],
  ['the user is disabled', ({ uuid }) => updateUser(em(), theOperator(), uuid, { disabled: true })],
  ['the user is deleted', ({ uuid }) => deleteUser(em(), theOperator(), uuid)],
  [
    'the password is changed',
    ({ uuid }) => setPassword(em(), noRateLimits, theOperator(), uuid, { password: 'another password' }),
  ],
  ['the client is disabled', (_, { clientId }) => updateClient(em(), theOperator(), clientId, { disabled: true })],
  ['the client is deleted', (_, { clientId }) => deleteClient(em(), theOperator(), clientId)],
];

/** A delay that differs between rounds, so that the two operations overlap in different ways. */
const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Checks that issued tokens are invalid, and that a refusal has an error of the RFC. */
async function expectNoActiveToken(
  response: TestResponse,
  refusals = ['invalid_grant', 'invalid_client'],
): Promise<void> {
  if (response.status !== 200) {
    expect([400, 401], JSON.stringify(response.body)).toContain(response.status);
    expect(refusals).toContain(response.body.error);
    return;
  }
  const { access_token, refresh_token } = response.body;
  expect(await bearerStatus(server, access_token)).toBe(401);
  for (const token of [access_token, refresh_token])
    expect((await introspect(server, token, watcher)).body).toEqual({ active: false });
}

describe('ASVS 5 §15.4.2: no race makes revoked tokens valid', () => {
  it.each(REVOCATIONS)('N265: no token is active if a code is redeemed while %s', async (_, revokeAll) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [client, user] = [await server.client(), await server.user()];
      const code = await issueCode(server, client, {}, user);
      const [response] = await Promise.all([
        later(round % 4).then(() => server.token(exchange(code), client)),
        later(round / 4).then(() => revokeAll(user, client)),
      ]);
      await expectNoActiveToken(response);
    }
  });

  it.each(REVOCATIONS)('N265: no token is active if a refresh token is used while %s', async (_, revokeAll) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [client, user] = [await server.client(), await server.user()];
      const pair = await tokenPair(server, client, {}, user);
      const [response] = await Promise.all([
        later(round % 4).then(() => server.token(refreshing(pair.refresh_token), client)),
        later(round / 4).then(() => revokeAll(user, client)),
      ]);
      await expectNoActiveToken(response);
      expect(await bearerStatus(server, pair.access_token)).toBe(401);
    }
  });

  it('N266: no token is active if a refresh token is used while it is revoked', async () => {
    const client = await server.client();
    for (let round = 0; round < ROUNDS * 3; round++) {
      const pair = await tokenPair(server, client);
      const [response, revoked] = await Promise.all([
        later(round % 4).then(() => server.token(refreshing(pair.refresh_token), client)),
        later((round / 4) % 4).then(() => revoke(server, pair.refresh_token, client)),
      ]);
      expect(revoked.status).toBe(200);
      await expectNoActiveToken(response);
      expect(await bearerStatus(server, pair.access_token)).toBe(401);
    }
  });

  it.each(REVOCATIONS)('N265: no token is active if a password grant runs while %s', async (what, revokeAll) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [client, user] = [await server.client(), await server.user()];
      const form = { grant_type: 'password', username: user.username, password: user.password };
      const [response] = await Promise.all([
        server.token(form, client),
        later(round * 3).then(() => revokeAll(user, client)),
      ]);
      // A password grant does not need consent, and may have verified the old password before the change.
      if (what.startsWith('the consent') || what.startsWith('the password')) expect(response.status).toBeLessThan(500);
      else await expectNoActiveToken(response);
    }
  });
});
