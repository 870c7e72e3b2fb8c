import { readdirSync } from 'node:fs';
import type { Database, DatabaseLocation } from '../connection/database.ts';
import { Refusal } from '../connection/refusal.ts';
import { type Sql, statement } from '../connection/sql.ts';
import { MIGRATIONS } from './directory.ts';

const findMigrationsTable = statement<{ there: boolean }>(
  'find-migrations-table',
  `SELECT to_regclass('migrations') IS NOT NULL AS there`,
);
const findMigrations = statement<{ name: string }>('find-migrations', 'SELECT name FROM migrations ORDER BY id');

/** Brings the database to the schema of this code, and returns the names of what was pending. */
export async function migrate({ sql }: Database, location: DatabaseLocation): Promise<readonly string[]> {
  const pending = await pendingMigrations(sql);
  if (pending.length === 0) return [];
  // Once in the life of a version.
  const { runMigrations } = await import('./migrator.ts');
  return runMigrations(location);
}

/** Refuses a database that this code does not fit; writes nothing (MIGRATE=check, for nodes that may not change tables). */
export async function checkMigrations({ sql }: Database): Promise<void> {
  const pending = await pendingMigrations(sql);
  if (pending.length > 0)
    throw new Refusal(
      `The database lacks ${pending.length} migration(s), the first is ${pending[0]}: run \`npx gatehouse migrate\` first.`,
    );
}

/** Names of the migrations that the database lacks, in order. Refuses a database that a newer Gatehouse has changed. */
async function pendingMigrations(sql: Sql): Promise<string[]> {
  const known = knownMigrations();
  const executed = await executedMigrations(sql);
  const foreign = executed.filter((name) => !known.includes(name));
  if (foreign.length > 0)
    throw new Refusal(
      `The database is newer than this Gatehouse (it has ${foreign.join(', ')}): start the version that changed it, or a later one.`,
    );
  return known.filter((name) => !executed.includes(name));
}

/** Names of the migrations of this code, in order. */
export const knownMigrations = (): string[] =>
  readdirSync(MIGRATIONS)
    .filter((file) => /^Migration\d+\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();

async function executedMigrations(sql: Sql): Promise<string[]> {
  const [table] = await sql(findMigrationsTable, []);
  return table?.there ? (await sql(findMigrations, [])).map(({ name }) => name) : [];
}
