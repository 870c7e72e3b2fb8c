import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCode } from '../../../support/authorize.ts';
import { whileCommitsFail } from '../../../support/faults.ts';
import type { TestClient } from '../../../support/fixtures.ts';
import { expectNothingWritten } from '../../../support/refusals.ts';
import type { Answer } from '../../../support/send.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';
import { bearerStatus, eventsOf, exchange, refreshing, tokenPair } from '../../../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
});
afterAll(() => server.close());

/** Five times, while the table cannot be written to; nothing is, and each time the client is told to come back. */
async function expectNotNow(table: string, ask: () => Promise<Answer>): Promise<void> {
  await expectNothingWritten(server, () =>
    whileCommitsFail(server, table, async () => {
      for (let times = 0; times < 5; times++) {
        const { status, headers, body } = await ask();
        expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
        expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0);
        expect(headers.get('Cache-Control')).toBe('no-store');
        expect(JSON.stringify(body)).not.toMatch(/terminating|57P01|refresh_tokens|access_tokens/);
      }
    }),
  );
}

describe('The database fails at COMMIT, five times, and heals', () => {
  it.each(['refresh_tokens', 'access_tokens'])(
    'F103: in a refresh (%s): the same token then works, once',
    async (table) => {
      const first = await tokenPair(server, client);
      await expectNotNow(table, () => server.token(refreshing(first.refresh_token), client));

      const { status, body: second } = await server.token(refreshing(first.refresh_token), client);
      expect(status).toBe(200);
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(await bearerStatus(server, second.access_token)).toBe(200);
      // The failures were no uses: inside the grace the first use is told again, and then it goes on.
      const { body: again } = await server.token(refreshing(first.refresh_token), client);
      expect(again.refresh_token).toBe(second.refresh_token);
      expect((await server.token(refreshing(second.refresh_token), client)).status).toBe(200);
      expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
    },
  );

  it.each(['authorization_codes', 'access_tokens'])('F103: so does a code in its exchange (%s)', async (table) => {
    const code = await issueCode(server, client);
    await expectNotNow(table, () => server.token(exchange(code), client));
    expect((await server.token(exchange(code), client)).status).toBe(200);
    expect(await eventsOf(server, 'code.replayed', client)).toEqual([]);
  });
});
