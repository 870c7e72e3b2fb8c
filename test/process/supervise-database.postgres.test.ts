import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { superviseDatabase } from '../../src/process/supervise-database.ts';
import type { Connections } from '../../src/store/connection/pool-share.ts';
import { SECRET_KEY } from '../support/database.ts';
import { operatorSession } from '../support/fault-site.ts';
import type { TestClient } from '../support/fixtures.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { startServer, type TestServer } from '../support/server.ts';

let postgres: PostgresServer;
let server: TestServer;
let client: TestClient;
let linesBefore: number;
beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServer({}, { env: { DATABASE_URL: postgres.url, SECRET_KEY }, remove: async () => {} });
  client = await server.client();
});
beforeEach(() => {
  linesBefore = server.log.length;
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
});

const token = async () => (await server.token({ grant_type: 'client_credentials' }, client)).status;
const readiness = async () => {
  const response = await server.request('/readyz');
  return [response.status, await response.json()];
};

const warnings = () =>
  server.log
    .slice(linesBefore)
    .map((line) => JSON.parse(line))
    .filter(({ level }) => level >= 40);

/** Takes connections of the pool until the end of the test. */
async function take(count: number): Promise<void> {
  const pool = server.database.client as Connections;
  const taken = await Promise.all(Array.from({ length: count }, () => pool.connect()));
  onTestFinished(() => {
    for (const connection of taken) connection.release();
  });
}

/** Supervises the pool with a limit of half a second. Returns how often it was found stuck. */
function superviseClosely(): () => number {
  let stuck = 0;
  const { database } = server;
  const supervised = { database, address: '', readiness: async () => undefined, log: pino({ level: 'silent' }) };
  const onStuck = () => {
    stuck++;
  };
  onTestFinished(superviseDatabase(supervised, () => new Date(), onStuck, 500));
  return () => stuck;
}

describe('A database that is away', () => {
  it('is one line in the log when it is lost and one when it is back, with address, duration and failed requests', async () => {
    const { host } = new URL(postgres.url);
    await postgres.halt();
    for (let request = 0; request < 20; request++) expect(await token()).toBe(503);
    expect(await readiness()).toEqual([503, { status: 'not ready' }]);
    await pause(1500);
    await postgres.start();
    await expect.poll(readiness, { timeout: 2000 }).toEqual([200, { status: 'ok' }]);
    await expect.poll(() => warnings().length, { timeout: 5000 }).toBe(2);

    const [lost, found] = warnings();
    expect(lost).toMatchObject({ msg: 'database unavailable', database: `${host}/postgres` });
    expect(found).toMatchObject({ msg: 'database available again', database: `${host}/postgres` });
    expect(found.requests).toBeGreaterThanOrEqual(21);
    expect(found.seconds).toBeGreaterThanOrEqual(1);
  });
});

describe('A database that cannot be written', () => {
  it('makes the node not ready, and the log says why', async () => {
    const operator = await operatorSession(postgres.url);
    await operator.query('ALTER SYSTEM SET default_transaction_read_only = on');
    await operator.query('SELECT pg_reload_conf()');
    await expect.poll(readiness).toEqual([503, { status: 'not ready' }]);
    await operator.query('SET default_transaction_read_only = off');
    await operator.query('ALTER SYSTEM RESET default_transaction_read_only');
    await operator.query('SELECT pg_reload_conf()');
    await operator.end();
    await expect.poll(readiness, { timeout: 2000 }).toEqual([200, { status: 'ok' }]);
    expect(warnings()[0].err.message).toContain('read-only transaction');
    await expect.poll(() => warnings().at(-1).msg, { timeout: 5000 }).toBe('database available again');
  });
});

describe('A pool whose connections are all in use', () => {
  it('is distinguished from an unavailable database', async () => {
    await take(server.database.maximum);
    expect(await readiness()).toEqual([503, { status: 'not ready' }]);
    expect(warnings()[0].msg).toBe('all database connections are in use');
  });

  it('ends the process if each has been in use for longer than any statement may take', async () => {
    const stuck = superviseClosely();
    await take(server.database.maximum);
    await expect.poll(stuck, { timeout: 5000 }).toBe(1);
  });

  it('does not end the process while one of them is given back from time to time', async () => {
    const stuck = superviseClosely();
    await take(server.database.maximum - 1);
    for (let turn = 0; turn < 30; turn++) {
      const connection = await (server.database.client as Connections).connect();
      await pause(100);
      connection.release();
    }
    expect(stuck()).toBe(0);
  });
});
