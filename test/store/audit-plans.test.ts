import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listEvents } from '../../src/store/audit/read.ts';
import { type Sql, statement } from '../../src/store/connection/sql.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ACTOR = '00000000-0000-4000-8000-000000000001';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await server.database.em().execute(
    `INSERT INTO audit_events (id, at, kind, actor_id)
     SELECT gen_random_uuid(), now() - n * interval '1 second', 'kind' || (n % 49),
            ('00000000-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid
     FROM generate_series(1, 20000) n`,
  );
  await server.database.em().execute('ANALYZE audit_events');
});
afterAll(() => server?.close());

/** The plan of the statement that lists these events, on a connection with the settings of the server. */
async function planOf(kind: string | null, actorId: string | undefined): Promise<string> {
  const explaining = (async ({ text }, values) => {
    const rows = await server.database.sql(statement<Record<string, string>>('', `EXPLAIN ${text}`), values);
    return rows.map((row) => row['QUERY PLAN']);
  }) as Sql;
  const lines: unknown[] = await listEvents(explaining, { limit: 20, backward: false }, { kind, actorId });
  return lines.join('\n');
}

describe('A page of the audit trail', () => {
  it.each([
    ['all events', null, undefined, []],
    ['one kind', 'kind1', undefined, ['kind']],
    ['one user', null, ACTOR, ['actor_id']],
    ['one kind of one user', 'kind1', ACTOR, ['actor_id', 'kind']],
  ])('of %s reads no row beyond the filter', async (_name, kind, actorId, columns) => {
    const plan = await planOf(kind, actorId);
    const [, condition = ''] = /Index Cond: (.*)/.exec(plan) ?? [];
    expect(plan).not.toMatch(/Seq Scan|Filter:/);
    for (const column of [...columns, 'at']) expect(condition).toContain(column);
  });
});
