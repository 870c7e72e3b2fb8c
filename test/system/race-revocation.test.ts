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

/** The embedded database does one thing after another: there is less to find. */
const ROUNDS = inject('databases').kind === 'postgres' ? 12 : 3;

let server: TestServer;
let watcher: TestClient;
beforeAll(async () => {
  server = await startServer();
  watcher = await server.client({ servicePermissions: ['INTROSPECT'] });
});
afterAll(() => server.close());

const em = () => server.database.em();

/** All that takes away the ground on which a token stands. */
const ENDS: [what: string, end: (user: TestUser, client: TestClient) => Promise<unknown>][] = [
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

/** A little later each round, so that the two meet at every point of the way. */
const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Tokens that were given are dead, and a refusal is one that the RFC foresees. */
async function expectNothingLives(answer: TestResponse, refusals = ['invalid_grant', 'invalid_client']): Promise<void> {
  if (answer.status !== 200) {
    expect([400, 401], JSON.stringify(answer.body)).toContain(answer.status);
    expect(refusals).toContain(answer.body.error);
    return;
  }
  const { access_token, refresh_token } = answer.body;
  expect(await bearerStatus(server, access_token)).toBe(401);
  for (const token of [access_token, refresh_token])
    expect((await introspect(server, token, watcher)).body).toEqual({ active: false });
}

describe('ASVS 5 §15.4.2: nothing that was revoked is born again', () => {
  it.each(ENDS)('N265: a code is exchanged at the moment at which %s', async (_, end) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [client, user] = [await server.client(), await server.user()];
      const code = await issueCode(server, client, {}, user);
      const [answer] = await Promise.all([
        later(round % 4).then(() => server.token(exchange(code), client)),
        later(round / 4).then(() => end(user, client)),
      ]);
      await expectNothingLives(answer);
    }
  });

  it.each(ENDS)('N265: a refresh token is used at the moment at which %s', async (_, end) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [client, user] = [await server.client(), await server.user()];
      const pair = await tokenPair(server, client, {}, user);
      const [answer] = await Promise.all([
        later(round % 4).then(() => server.token(refreshing(pair.refresh_token), client)),
        later(round / 4).then(() => end(user, client)),
      ]);
      await expectNothingLives(answer);
      expect(await bearerStatus(server, pair.access_token)).toBe(401);
    }
  });

  it('N266: a refresh token is used at the moment at which it is revoked', async () => {
    const client = await server.client();
    for (let round = 0; round < ROUNDS * 3; round++) {
      const pair = await tokenPair(server, client);
      const [answer, revoked] = await Promise.all([
        later(round % 4).then(() => server.token(refreshing(pair.refresh_token), client)),
        later((round / 4) % 4).then(() => revoke(server, pair.refresh_token, client)),
      ]);
      expect(revoked.status).toBe(200);
      await expectNothingLives(answer);
      expect(await bearerStatus(server, pair.access_token)).toBe(401);
    }
  });

  it.each(ENDS)('N265: tokens are given for a password at the moment at which %s', async (what, end) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [client, user] = [await server.client(), await server.user()];
      const form = { grant_type: 'password', username: user.username, password: user.password };
      const [answer] = await Promise.all([server.token(form, client), later(round * 3).then(() => end(user, client))]);
      // Withdrawing consent, or a new password, takes what there is; what comes after it comes by the password that held.
      if (what.startsWith('the consent') || what.startsWith('the password')) expect(answer.status).toBeLessThan(500);
      else await expectNothingLives(answer);
    }
  });
});
