import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Administered, openDatabase } from '../support/administered.ts';
import type { TestClient } from '../support/fixtures.ts';
import type { Answer } from '../support/send.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: TestClient;
let other: TestClient;
/** Somebody else at the same database. */
let elsewhere: Administered;
beforeAll(async () => {
  server = await startServer();
  [client, other] = [await server.client(), await server.client()];
  elsewhere = await openDatabase({ url: server.config.databaseUrl ?? '' });
});
afterAll(async () => {
  await elsewhere.close();
  await server.close();
});

const ask = (asking: TestClient): Promise<Answer> =>
  server.token({ grant_type: 'client_credentials', scope: 'read' }, asking);

const tokens = async (): Promise<number> =>
  Number((await elsewhere.em().execute('SELECT count(*) FROM access_tokens'))[0]?.count);

describe('Tokens of many clients in one statement when the database fails', () => {
  it('M248: all requests of a statement whose connection is lost get 503, and nothing of it is written', async () => {
    const before = await tokens();
    let asked: Promise<Answer>[] = [];
    await elsewhere.em().transactional(async (tx) => {
      await tx.execute('LOCK TABLE authorizations IN ACCESS EXCLUSIVE MODE');
      asked = Array.from({ length: 20 }, () => ask(client));
      // Not within the transaction: there PostgreSQL goes on telling what it saw at first.
      await expect
        .poll(
          async () => {
            const query = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                         WHERE datname = current_database() AND wait_event_type = 'Lock'`;
            return Number((await elsewhere.em().execute(query))[0]?.count);
          },
          { timeout: 20_000 },
        )
        .toBeGreaterThan(0);
      // Whoever waited for that statement comes next, and waits for the lock in turn.
      await pause(50);
    });
    const answers = await Promise.all(asked);
    const issued = answers.filter(({ status }) => status === 200).length;
    for (const { status, headers } of answers.filter((answer) => answer.status !== 200)) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('1');
    }
    expect(issued).toBeLessThan(20);
    expect(await tokens()).toBe(before + issued);
    expect((await ask(client)).status).toBe(200);
  });

  it('M254: a client whose row is locked does not delay other clients', async () => {
    let held: Promise<Answer> | undefined;
    await elsewhere.em().transactional(async (tx) => {
      await tx.execute('SELECT FROM clients WHERE client_id = ? FOR UPDATE', [client.clientId]);
      held = ask(client);
      const begun = performance.now();
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(other)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      // The lock is waited for two seconds at most.
      expect(performance.now() - begun).toBeLessThan(1500);
    });
    expect((await held)?.status).toBe(200);
  });
});
