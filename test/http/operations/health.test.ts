import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterEach(() => vi.useRealTimers());
afterAll(() => server?.close());

const readinessLines = () => server.log.filter((line) => /"msg":"(not ready|ready again|database)/.test(line));

/** The reason is in the log only. */
async function ready(): Promise<[status: number, problem: string, retryAfter: string | null]> {
  const response = await server.request('/readyz');
  const { status } = (await response.json()) as { status: string };
  return [response.status, status, response.headers.get('Retry-After')];
}

const change = (sql: string) => server.database.em().execute<{ hex: string }[]>(sql);

describe('GET /readyz', () => {
  it('the node is ready if database, migrations, secret key and clock are in order', async () => {
    expect(await ready()).toEqual([200, 'ok', null]);
  });

  it.each([
    [
      'a missing migration',
      "UPDATE migrations SET name = 'x' || name WHERE name = 'Migration20261121000000'",
      'UPDATE migrations SET name = substr(name, 2) WHERE name LIKE $$x%$$',
      'the database lacks 1 migration(s)',
    ],
    [
      'data encrypted with another key',
      'UPDATE key_checks SET digest = sha256(digest)',
      undefined,
      'SECRET_KEY is not the key of the database',
    ],
    [
      'a missing table',
      'ALTER TABLE key_checks RENAME TO mislaid',
      'ALTER TABLE mislaid RENAME TO key_checks',
      'relation \\"key_checks\\" does not exist',
    ],
  ])('the node is not ready with %s', async (_what, damage, repair, problem) => {
    const before = await change("SELECT encode(digest, 'hex') AS hex FROM key_checks");
    await change(damage);
    expect(await ready()).toEqual([503, 'not ready', '1']);
    expect(readinessLines().at(-1)).toContain(problem);
    await change(repair ?? `UPDATE key_checks SET digest = decode('${before[0]?.hex}', 'hex')`);
    expect(await ready()).toEqual([200, 'ok', null]);
  });

  // The embedded database uses the clock of the process.
  it.runIf(inject('databases').kind === 'postgres').each([-300, -6, 6, 300])(
    'M259 the node is not ready if the clocks are %i seconds apart',
    async (seconds) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
      expect(await ready()).toEqual([503, 'not ready', '1']);
      expect(readinessLines().at(-1)).toMatch(/the clocks of this process and of the database differ by \d+ ms/);
      vi.setSystemTime(Date.now() - seconds * 1000);
      expect((await ready())[0]).toBe(200);
    },
  );

  it('a migration of a newer version does not matter', async () => {
    await change("INSERT INTO migrations (name, executed_at) VALUES ('Migration20991231235959', now())");
    expect(await ready()).toEqual([200, 'ok', null]);
    await change("DELETE FROM migrations WHERE name = 'Migration20991231235959'");
  });
});

describe('GET /healthz', () => {
  it('the response is 200 without any statement', async () => {
    await change('ALTER TABLE key_checks RENAME TO mislaid');
    expect((await server.request('/healthz')).status).toBe(200);
    await change('ALTER TABLE mislaid RENAME TO key_checks');
  });
});
