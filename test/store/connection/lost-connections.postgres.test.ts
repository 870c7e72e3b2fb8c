import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_KEY } from '../../support/database.ts';
import { addressOf, subscribe } from '../../support/event-stream.ts';
import { operatorSession } from '../../support/fault-site.ts';
import { type TestClient, unique } from '../../support/fixtures.ts';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { type GraphQLTestResponse, startServer, type TestServer } from '../../support/server.ts';

/** The share of the pool that GraphQL uses at most. Further mutations wait for a place in it. */
const GRAPHQL_CONNECTIONS = 4;

/** More than the pool has places. */
const LOSSES = 25;

const REGISTER = `mutation($name: String!) {
  registerClient(input: { name: $name, grantTypes: [client_credentials] }) { errors { code message } }
}`;

let postgres: PostgresServer;
let server: TestServer;
let token: string;
let client: TestClient;
beforeAll(async () => {
  postgres = await startPostgres();
  const env = { DATABASE_URL: postgres.url, SECRET_KEY };
  server = await startServer({}, { env, remove: async () => {} });
  token = await server.accessToken({
    scopes: ['clients', 'audit', 'read'],
    user: await server.user({ superuser: true }),
  });
  client = await server.client();
});
afterAll(async () => {
  await server.close();
  await postgres.stop();
});

/** A mutation that runs a transaction of the entity manager. */
const mutate = (): Promise<GraphQLTestResponse> => server.graphql(REGISTER, token, { name: unique('client') });

/** An operator's session in whose transaction nobody else can write clients. */
async function lockClients(): Promise<pg.Client> {
  const operator = await operatorSession(postgres.url);
  await operator.query('BEGIN; LOCK TABLE clients IN SHARE MODE');
  return operator;
}

/** Resolves when this many connections of the server wait for a lock. */
async function expectWaiting(count: number): Promise<void> {
  const operator = await operatorSession(postgres.url);
  const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE application_name = 'gatehouse' AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await operator.query(waiting)).rows[0].n, { timeout: 10_000 }).toBe(count);
  await operator.end();
}

async function terminate(condition: string): Promise<number> {
  const operator = await operatorSession(postgres.url);
  const { rowCount } = await operator.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse' AND ${condition}`,
  );
  await operator.end();
  return rowCount ?? 0;
}

/** The server is ready and issues tokens within two seconds, and no connection is lent for ever. */
async function expectRecovered(): Promise<void> {
  const begun = performance.now();
  const statuses = async () => [
    (await server.request('/readyz')).status,
    (await server.token({ grant_type: 'client_credentials' }, client)).status,
  ];
  await expect.poll(statuses, { timeout: 10_000, interval: 50 }).toEqual([200, 200]);
  expect(performance.now() - begun).toBeLessThan(2000);
  await expect.poll(lentConnections, { timeout: 3000 }).toBe(0);
}

function lentConnections(): number {
  const { open = 0, idle = 0 } = server.database.connections();
  return open - idle;
}

describe('A connection that is lost in a transaction of the entity manager', () => {
  it(`leaves the pool, ${LOSSES} times one after the other`, async () => {
    for (let loss = 0; loss < LOSSES; loss++) {
      const operator = await lockClients();
      const mutation = mutate();
      await expectWaiting(1);
      expect(await terminate("wait_event_type = 'Lock'")).toBe(1);
      expect(await mutation).toMatchObject({ status: 503 });
      await operator.end();
    }
    await expectRecovered();
  }, 60_000);

  it('leaves the pool when PostgreSQL stops at once with more mutations in flight than GraphQL has connections', async () => {
    for (let round = 0; round < 2; round++) {
      await lockClients();
      const mutations = Array.from({ length: 14 }, mutate);
      await expectWaiting(GRAPHQL_CONNECTIONS);
      await postgres.kill();
      const statuses = (await Promise.all(mutations)).map(({ status }) => status);
      expect(statuses).toEqual(statuses.map(() => 503));
      await postgres.start();
      await expectRecovered();
    }
  }, 60_000);

  it('leaves the pool when the server does not respond for longer than the response timeout', async () => {
    const operator = await lockClients();
    const mutations = Array.from({ length: 12 }, mutate);
    await expectWaiting(GRAPHQL_CONNECTIONS);
    postgres.freeze();
    const statuses = (await Promise.all(mutations)).map(({ status }) => status);
    expect(statuses).toEqual(statuses.map(() => 503));
    postgres.thaw();
    await operator.end();
    await expectRecovered();
  }, 60_000);

  it('leaves the pool when the COMMIT is refused because the transaction was idle for too long', async () => {
    const { database } = server;
    const lost = database.em().transactional(async (tx) => {
      await tx.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'");
      await pause(300);
    });
    await expect(lost).rejects.toThrow();
    await expectRecovered();
  });
});

describe('The connection of the subscriptions', () => {
  it('leaves the pool when it is lost, more often than the pool has places', async () => {
    const stream = await subscribe(addressOf(server), token);
    expect(stream.status).toBe(200);
    for (let loss = 0; loss < 12; loss++)
      await expect.poll(() => terminate("query LIKE 'LISTEN %'"), { timeout: 5000 }).toBe(1);
    stream.close();
    await expectRecovered();
  }, 60_000);
});
