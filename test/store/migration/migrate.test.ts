import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { Refusal } from '../../../src/store/connection/refusal.ts';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../../support/database.ts';
import { openDatabase, startDatabase } from '../../support/database-with-em.ts';

const start = (home: TestDatabase, env: Record<string, string> = {}) =>
  startDatabase(loadConfig({ ...home.env, ...env }));

async function own(making: Promise<TestDatabase>): Promise<TestDatabase> {
  const home = await making;
  onTestFinished(() => home.remove());
  return home;
}

/** Changes the database directly with SQL. */
async function alterDatabase(home: TestDatabase, sql: string): Promise<void> {
  const { database, close } = await start(home);
  await database.em().execute(sql);
  await close();
}

describe('MIGRATE=check', () => {
  it('a node starts on a database that has every migration', async () => {
    const home = await own(migratedDatabase());
    const { migrated, close } = await start(home, { MIGRATE: 'check' });

    expect(migrated).toEqual([]);
    await close();
  });

  it('M262 a database that lacks migrations is refused with one line that says what to do, and is not changed', async () => {
    const home = await own(emptyDatabase());
    const refusal = await start(home, { MIGRATE: 'check' }).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(Refusal);
    expect(String(refusal)).toMatch(
      /^Refusal: The database lacks \d+ migration\(s\), .*`npx gatehouse migrate`[^\n]*$/,
    );
    await expect(start(home, { MIGRATE: 'check' })).rejects.toThrow(/lacks \d+/);
  });
});

describe('A database that a newer version has migrated', () => {
  it.each(['auto', 'check'])('M262 a newer database is refused and not changed (MIGRATE=%s)', async (mode) => {
    const home = await own(migratedDatabase());
    await alterDatabase(home, "INSERT INTO migrations (name, executed_at) VALUES ('Migration20991231235959', now())");

    await expect(start(home, { MIGRATE: mode })).rejects.toThrow(
      /newer than this Gatehouse \(it has Migration20991231235959\)/,
    );
  });
});

describe('A migration that failed half-way', () => {
  it('O278 a failed migration is rolled back and runs again at the next start', async () => {
    const home = await own(migratedDatabase());
    await alterDatabase(home, "DELETE FROM migrations WHERE name = 'Migration20261121000001'");
    // The migration fails because its client row still exists, and it is rolled back.
    await expect(start(home)).rejects.toThrow(/clients/);
    const { database, close } = await startAfterCleaning(home);

    expect(
      await database.em().execute("SELECT name FROM migrations WHERE name = 'Migration20261121000001'"),
    ).toHaveLength(1);
    await close();
  });
});

async function startAfterCleaning(home: TestDatabase) {
  const { DATABASE_URL: url, DATA_DIR = '' } = home.env;
  const database = await openDatabase(
    url === undefined ? { pglite: await PGlite.create(join(DATA_DIR, 'database')) } : { url },
  );
  await database.em().execute('DELETE FROM clients');
  await database.close();
  return start(home);
}
