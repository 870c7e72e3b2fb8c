import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../../support/database.ts';
import type { TestClient } from '../../../support/fixtures.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { startServer } from '../../../support/server.ts';
import { eventsOf, refreshing, type TokenPair, tokenPair } from '../../../support/token-forms.ts';

/** Must be longer than three starts of the server take. */
const REFRESH_GRACE = '300';
const [OLD, NEW] = ['the old key '.repeat(4), 'the new key '.repeat(4)];

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.remove());

describe('RFC 9700 §4.14.2: SECRET_KEY changes between a lost response and the retry', () => {
  it('a retry gets the same tokens while the old key is configured, and without it an error that revokes nothing', async () => {
    let client: TestClient;
    let first: TokenPair;
    let lost: TokenPair;

    const before = await startServer({ SECRET_KEY: OLD, REFRESH_GRACE }, database);
    try {
      client = await before.client();
      first = await tokenPair(before, client);
      lost = (await before.token(refreshing(first.refresh_token), client)).body;
    } finally {
      await before.close();
    }

    const rotated = await startServer({ SECRET_KEY: `${NEW},${OLD}`, REFRESH_GRACE }, database);
    try {
      const { body } = await rotated.token(refreshing(first.refresh_token), client);
      expect([body.access_token, body.refresh_token]).toEqual([lost.access_token, lost.refresh_token]);
    } finally {
      await rotated.close();
    }

    const after = await startServer({ SECRET_KEY: NEW, REFRESH_GRACE }, database);
    try {
      expectTokenError(await after.token(refreshing(first.refresh_token), client), 400, 'invalid_grant');
      expect(await eventsOf(after, 'refresh_token.replayed', client)).toEqual([]);
      expect((await after.token(refreshing(lost.refresh_token), client)).status).toBe(200);
    } finally {
      await after.close();
    }
  });
});
