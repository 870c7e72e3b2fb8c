import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseWithEm, openDatabase } from '../support/database-with-em.ts';
import type { TestClient } from '../support/fixtures.ts';
import type { TestResponse } from '../support/send.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: TestClient;
let other: TestClient;
/** Another connection to the same database. */
let otherConnection: DatabaseWithEm;
beforeAll(async () => {
  server = await startServer();
  [client, other] = [await server.client(), await server.client()];
  otherConnection = await openDatabase({ url: server.config.databaseUrl ?? '' });
});
afterAll(async () => {
  await otherConnection.close();
  await server.close();
});

const requestToken = (requester: TestClient): Promise<TestResponse> =>
  server.token({ grant_type: 'client_credentials', scope: 'read' }, requester);

const tokens = async (): Promise<number> =>
  Number((await otherConnection.em().execute('SELECT count(*) FROM access_tokens'))[0]?.count);

describe('Tokens of many clients in one statement when the database fails', () => {
  it('M248: all requests of a statement whose connection is lost get 503, and nothing of it is written', async () => {
    const before = await tokens();
    let requests: Promise<TestResponse>[] = [];
    await otherConnection.em().transactional(async (tx) => {
      await tx.execute('LOCK TABLE authorizations IN ACCESS EXCLUSIVE MODE');
      requests = Array.from({ length: 20 }, () => requestToken(client));
      // Query outside the transaction, because PostgreSQL caches pg_stat_activity within one.
      await expect
        .poll(
          async () => {
            const query = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                         WHERE datname = current_database() AND wait_event_type = 'Lock'`;
            return Number((await otherConnection.em().execute(query))[0]?.count);
          },
          { timeout: 20_000 },
        )
        .toBeGreaterThan(0);
      // The next statement starts and waits for the lock as well.
      await pause(50);
    });
    const responses = await Promise.all(requests);
    const issued = responses.filter(({ status }) => status === 200).length;
    for (const { status, headers } of responses.filter((response) => response.status !== 200)) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('1');
    }
    expect(issued).toBeLessThan(20);
    expect(await tokens()).toBe(before + issued);
    expect((await requestToken(client)).status).toBe(200);
  });

  it('M254: a client whose row is locked does not delay other clients', async () => {
    let held: Promise<TestResponse> | undefined;
    await otherConnection.em().transactional(async (tx) => {
      await tx.execute('SELECT FROM clients WHERE client_id = ? FOR UPDATE', [client.clientId]);
      held = requestToken(client);
      const begun = performance.now();
      const responses = await Promise.all(Array.from({ length: 20 }, () => requestToken(other)));
      expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
      // The lock timeout is two seconds.
      expect(performance.now() - begun).toBeLessThan(1500);
    });
    expect((await held)?.status).toBe(200);
  });
});
