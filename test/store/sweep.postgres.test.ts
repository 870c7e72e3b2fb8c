import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countExpired, type Retention, SWEEP_LOCK, sweep } from '../../src/store/sweep.ts';
import { revoke } from '../support/client-endpoints.ts';
import { type RowMaker, rowMaker } from '../support/expiring-rows.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let rows: RowMaker;
beforeAll(async () => {
  server = await startServer();
  rows = await rowMaker(server);
});
afterAll(() => server.close());

const NOW = new Date('2031-01-01T00:00:00Z');
const RETENTION: Retention = { audit: 1, grace: 1 };
const END = new Date(NOW.getTime() - 10_000);

async function took<T>(work: () => Promise<T>): Promise<[result: T, milliseconds: number]> {
  const from = performance.now();
  return [await work(), performance.now() - from];
}

describe('O280: a sweep during other transactions', () => {
  it('a sweep skips locked rows and deletes them the next time', async () => {
    await rows.clear('sessions');
    await rows.add('sessions', 'expires_at', END, 50);
    const { sql } = server.database;
    await server.database.em().transactional(async (tx) => {
      await tx.execute('SELECT id FROM sessions LIMIT 7 FOR UPDATE');
      const [swept, milliseconds] = await took(() => sweep(sql, NOW, RETENTION));
      expect(swept.sessions).toBe(43);
      // Shorter than the lock timeout.
      expect(milliseconds).toBeLessThan(2000);
    });
    expect((await sweep(sql, NOW, RETENTION)).sessions).toBe(7);
  });

  it('a sweep does not wait for another node that is sweeping', async () => {
    await rows.add('sessions', 'expires_at', END, 50);
    const { sql } = server.database;
    await server.database.em().transactional(async (tx) => {
      await tx.execute(`SELECT pg_advisory_xact_lock(${SWEEP_LOCK})`);
      const [swept, milliseconds] = await took(() => sweep(sql, NOW, RETENTION));
      expect(Object.values(swept).every((count) => count === 0)).toBe(true);
      expect(milliseconds).toBeLessThan(2000);
    });
    expect((await countExpired(sql, NOW, RETENTION)).sessions).toBe(50);
    expect((await sweep(sql, NOW, RETENTION)).sessions).toBe(50);
  });

  it('two nodes can sweep while a client revokes a row that they are about to delete', async () => {
    const client = await server.client();
    const token = await server.accessToken({ client });
    await rows.add('access_tokens', 'expires_at', END, 5000);
    const { sql } = server.database;
    const sweeps = Promise.all([sweep(sql, NOW, RETENTION), sweep(sql, NOW, RETENTION)]);
    const [response, milliseconds] = await took(() => revoke(server, token, client));
    expect(response.status).toBe(200);
    expect(milliseconds).toBeLessThan(1500);
    await sweeps;
    await sweep(sql, NOW, RETENTION);
    expect((await countExpired(sql, NOW, RETENTION)).access_tokens).toBe(0);
  });
});
