import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Sql } from '../../src/store/connection/sql.ts';
import { countExpired, type Retention, SWEPT, sweep } from '../../src/store/sweep.ts';
import { type RowMaker, rowMaker } from '../support/expiring-rows.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let rows: RowMaker;
let sql: Sql;
beforeAll(async () => {
  server = await startServer();
  rows = await rowMaker(server);
  sql = server.database.sql;
});
afterAll(() => server.close());
afterEach(() => vi.restoreAllMocks());

/** Later than all other rows of these tests. */
const NOW = new Date('2031-01-01T00:00:00Z');
const DAY = 86_400_000;
const RETENTION: Retention = { audit: 400 * DAY, grace: 10_000 };

/** Milliseconds for which a row is kept after it expires. */
const KEPT: Record<string, number> = {
  access_tokens: RETENTION.grace,
  refresh_tokens: RETENTION.grace,
  authorization_codes: DAY,
  authorizations: DAY,
  authorization_requests: 0,
  sessions: 0,
  known_browsers: 0,
  client_assertions: 0,
  logout_deliveries: 0,
  setup_tickets: 0,
  signing_keys: 400 * DAY,
  client_secrets: 30 * DAY,
  audit_events: RETENTION.audit,
  rate_limits: 0,
};

/** Columns whose name suggests an expiry but that have no sweep rule. */
const uncovered = (columns: readonly { table: string; column: string }[]): string[] =>
  columns
    .filter(({ column }) => /expir|_until$|_ends?_at$|^ttl$/.test(column))
    .filter(({ table, column }) => SWEPT[table]?.column !== column)
    .map(({ table, column }) => `${table}.${column}`);

describe('Every table with an expiry is swept', () => {
  it('every entity with an expiry has a sweep rule', () => {
    const entities = server.database.em().getMetadata().getAll();
    const columns = [...entities.values()].flatMap(({ tableName, props }) =>
      props.flatMap(({ fieldNames }) => (fieldNames ?? []).map((column) => ({ table: tableName, column }))),
    );
    expect(columns.length).toBeGreaterThan(80);
    expect(uncovered(columns)).toEqual([]);
  });

  it('every table with an expiry column has a sweep rule and an index', async () => {
    const em = server.database.em();
    const columns = await em.execute<{ table: string; column: string }[]>(
      `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    expect(uncovered(columns)).toEqual([]);
    const indexes = await em.execute<{ table: string; definition: string }[]>(
      `SELECT tablename AS "table", indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'`,
    );
    for (const [table, { column }] of Object.entries(SWEPT)) {
      expect(columns).toContainEqual({ table, column });
      const found = indexes.some((index) => index.table === table && index.definition.includes(`(${column}`));
      expect([table, found || table === 'client_secrets']).toEqual([table, true]);
    }
  });

  it('a table without a sweep rule would be detected', () => {
    expect(
      uncovered([
        { table: 'device_codes', column: 'expires_at' },
        { table: 'sessions', column: 'expires_at' },
        { table: 'sessions', column: 'valid_until' },
        { table: 'users', column: 'created_at' },
      ]),
    ).toEqual(['device_codes.expires_at', 'sessions.valid_until']);
  });
});

describe('Only expired rows are deleted', () => {
  it('this test knows the retention of each table', () => {
    expect(Object.keys(SWEPT).sort()).toEqual(Object.keys(KEPT).sort());
  });

  it.each(Object.entries(KEPT))('rows of %s are deleted %i milliseconds after they expire', async (table, kept) => {
    const { column = '' } = SWEPT[table] ?? {};
    await sweep(sql, NOW, RETENTION);
    const before = await rows.count(table);
    const limit = NOW.getTime() - kept;
    await rows.add(table, column, new Date(limit - 1), 3);
    await rows.add(table, column, new Date(limit), 2);
    expect(await countExpired(sql, NOW, RETENTION)).toMatchObject({ [table]: 3 });

    expect(await sweep(sql, NOW, RETENTION)).toMatchObject({ [table]: 3 });
    expect(await rows.count(table)).toBe(before + 2);
    expect(Object.values(await countExpired(sql, NOW, RETENTION)).every((left) => left === 0)).toBe(true);
    expect(await sweep(sql, new Date(NOW.getTime() + 1), RETENTION)).toMatchObject({ [table]: 2 });
  });

  it('a secret without an expiry is kept', async () => {
    const client = await server.client();
    await sweep(sql, new Date('2090-01-01'), RETENTION);
    expect((await server.token({ grant_type: 'client_credentials' }, client)).status).toBe(200);
  });

  it('the authorization of an active token is kept', async () => {
    const user = await server.user();
    const token = await server.accessToken({ user });
    await sweep(sql, new Date(), RETENTION);
    expect((await server.graphql('{ viewer { sub } }', token)).status).toBe(200);
  });
});

describe('A sweep in bounded batches', () => {
  it('batches run one after the other until all expired rows are deleted', async () => {
    await sweep(sql, NOW, RETENTION);
    await rows.add('sessions', 'expires_at', new Date(NOW.getTime() - 1), 1200);
    const swept: number[] = [];
    const watched: Sql = async (statement, values) => {
      const found = await sql(statement, values);
      if (statement.name === 'sweep-sessions') swept.push((found[0] as { swept: number }).swept);
      return found;
    };
    expect((await sweep(watched, NOW, RETENTION)).sessions).toBe(1200);
    expect(swept.reduce((sum, batch) => sum + batch)).toBe(1200);
    expect(swept.length).toBeGreaterThan(2);
  });

  /** The maximum number of rows of each batch of sessions. */
  async function batchSizes(duringBatch: () => Promise<void> = async () => {}): Promise<number[]> {
    await rows.add('sessions', 'expires_at', new Date(NOW.getTime() - 1), 12_000);
    const sizes: number[] = [];
    const watched: Sql = async (statement, values) => {
      if (statement.name !== 'sweep-sessions') return sql(statement, values);
      sizes.push(values[1] as number);
      await duringBatch();
      return sql(statement, values);
    };
    expect((await sweep(watched, NOW, RETENTION)).sessions).toBe(12_000);
    return sizes;
  }

  it('batches grow up to 5000 rows as long as none is slow', async () => {
    // The 15 ms timer never fires, so no batch counts as slow, even on a slow machine.
    const real = setTimeout;
    const late = (work: () => void, milliseconds = 0) => real(work, milliseconds === 15 ? 60_000 : milliseconds);
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(late as typeof setTimeout);
    const sizes = await batchSizes();
    expect(sizes).toEqual(sizes.toSorted((one, other) => one - other));
    expect(sizes.at(0)).toBeLessThan(500);
    expect(sizes.at(-1)).toBeGreaterThan(2500);
    expect(sizes.at(-1)).toBeLessThanOrEqual(5000);
  });

  it('batches shrink as soon as one is slow, because requests may wait for its rows', async () => {
    let slow = 3;
    const [first = 0, ...sizes] = await batchSizes(async () => {
      if (slow-- > 0) await pause(60);
    });
    expect(sizes[0]).toBeLessThan(first);
    expect(sizes[1]).toBeLessThan(sizes[0] ?? 0);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(50);
  });

  it('a sweep stops between two batches when it is aborted', async () => {
    await rows.add('sessions', 'expires_at', new Date(NOW.getTime() - 1), 1200);
    const stop = new AbortController();
    const watched: Sql = async (statement, values) => {
      if (statement.name === 'sweep-sessions') stop.abort();
      return sql(statement, values);
    };
    const { sessions: first = 0 } = await sweep(watched, NOW, RETENTION, stop.signal);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThanOrEqual(5000);
    expect((await sweep(sql, NOW, RETENTION)).sessions).toBe(1200 - first);
  });

  it('two concurrent sweeps delete each row once, and neither fails', async () => {
    await rows.add('sessions', 'expires_at', new Date(NOW.getTime() - 1), 1200);
    const both = await Promise.all([sweep(sql, NOW, RETENTION), sweep(sql, NOW, RETENTION)]);
    const rest = await sweep(sql, NOW, RETENTION);
    expect([...both, rest].reduce((sum, { sessions = 0 }) => sum + sessions, 0)).toBe(1200);
    expect((await countExpired(sql, NOW, RETENTION)).sessions).toBe(0);
  });
});
