import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseWithEm, openDatabase } from '../../support/database-with-em.ts';
import { unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';
import { rowCounts } from '../row-counts.ts';

let server: TestServer;
let other: DatabaseWithEm;
let token: string;
beforeAll(async () => {
  server = await startServer();
  other = await openDatabase({ url: server.config.databaseUrl ?? '' });
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(async () => {
  await other?.close();
  await server?.close();
});

/** Runs `work` while another connection locks the table. */
const whileLocked = <T>(table: string, work: () => Promise<T>): Promise<T> =>
  other.em().transactional(async (tx) => {
    await tx.execute(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    return work();
  });

const running = async (): Promise<number> => {
  const sql =
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
  const [row] = await other.em().execute<{ n: number }[]>(sql);
  return row?.n ?? -1;
};

describe('A busy database', () => {
  it('K223 a blocked request gets 503 in time, and its statement is cancelled', async () => {
    const started = process.hrtime.bigint();
    const { status, headers, body } = await whileLocked('scopes', () => server.graphql('{ scopes { name } }', token));
    expect(status).toBe(503);
    expect(headers.get('Retry-After')).toBe('1');
    expect(body.errors[0].extensions).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      requestId: headers.get('X-Request-Id'),
    });
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(6);
    expect(await running()).toBe(0);
    expect((await server.graphql('{ scopes { name } }', token)).status).toBe(200);
  });

  it('I158 a request gets 503 if its token cannot be looked up', async () => {
    const { status, headers, body } = await whileLocked('access_tokens', () =>
      server.graphql('{ viewer { sub } }', token),
    );
    expect(status).toBe(503);
    expect(headers.get('Retry-After')).toBe('1');
    expect(body).not.toHaveProperty('data');
  });

  it('a mutation that could not finish changes nothing', async () => {
    const before = await rowCounts(server.database);
    const code = await whileLocked('audit_events', () =>
      mutate(server, token, 'createGroup', { name: unique('unfinished') }),
    );
    expect(code).toBe('SERVICE_UNAVAILABLE');
    expect(await rowCounts(server.database)).toEqual(before);
  });
});
