import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCode } from '../../../support/authorize.ts';
import { whileCommitsFail } from '../../../support/faults.ts';
import type { TestClient } from '../../../support/fixtures.ts';
import { expectNothingWritten } from '../../../support/refusals.ts';
import type { TestResponse } from '../../../support/send.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';
import { bearerStatus, eventsOf, exchange, refreshing, tokenPair } from '../../../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
});
afterAll(() => server.close());

/** Sends the request five times while commits to the table fail. Expects 503 with Retry-After and an unchanged database. */
async function expectUnavailable(table: string, send: () => Promise<TestResponse>): Promise<void> {
  await expectNothingWritten(server, () =>
    whileCommitsFail(server, table, async () => {
      for (let times = 0; times < 5; times++) {
        const { status, headers, body } = await send();
        expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
        expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
        expect(headers.get('Cache-Control')).toBe('no-store');
        expect(JSON.stringify(body)).not.toMatch(/terminating|57P01|refresh_tokens|access_tokens/);
      }
    }),
  );
}

describe('RFC 6749 §6: the database fails at COMMIT and recovers', () => {
  it.each(['refresh_tokens', 'access_tokens'])(
    'F103: a refresh token works once after its refresh failed five times (%s)',
    async (table) => {
      const first = await tokenPair(server, client);
      await expectUnavailable(table, () => server.token(refreshing(first.refresh_token), client));

      const { status, body: second } = await server.token(refreshing(first.refresh_token), client);
      expect(status).toBe(200);
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(await bearerStatus(server, second.access_token)).toBe(200);
      // The failed attempts do not count as uses, so a retry within the grace period gets the same tokens.
      const { body: retry } = await server.token(refreshing(first.refresh_token), client);
      expect(retry.refresh_token).toBe(second.refresh_token);
      expect((await server.token(refreshing(second.refresh_token), client)).status).toBe(200);
      expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
    },
  );

  it.each(['authorization_codes', 'access_tokens'])(
    'F103: a code works after its exchange failed five times (%s)',
    async (table) => {
      const code = await issueCode(server, client);
      await expectUnavailable(table, () => server.token(exchange(code), client));
      expect((await server.token(exchange(code), client)).status).toBe(200);
      expect(await eventsOf(server, 'code.replayed', client)).toEqual([]);
    },
  );
});
