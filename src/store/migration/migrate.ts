import { readdirSync } from 'node:fs';
import type { Database, DatabaseLocation } from '../connection/database.ts';
import { Refusal } from '../connection/refusal.ts';
import { type Sql, statement } from '../connection/sql.ts';
import { MIGRATIONS } from './directory.ts';

const findMigrationsTable = statement<{ exists: boolean }>(
  'find-migrations-table',
  `SELECT to_regclass('migrations') IS NOT NULL AS exists`,
);
const findMigrations = statement<{ name: string }>('find-migrations', 'SELECT name FROM migrations ORDER BY id');

/** Applies all pending migrations and returns their names. */
export async function migrate({ sql }: Database, location: DatabaseLocation): Promise<readonly string[]> {
  const pending = await pendingMigrations(sql);
  if (pending.length === 0) return [];
  // The migrator is large and needed only once per version, so it is loaded on demand.
  const { runMigrations } = await import('./migrator.ts');
  return runMigrations(location);
}

/** Refuses a database with pending migrations and changes nothing (MIGRATE=check, for nodes that may not alter tables). */
export async function checkMigrations({ sql }: Database): Promise<void> {
  const pending = await pendingMigrations(sql);
  if (pending.length > 0)
    throw new Refusal(
      `The database lacks ${pending.length} migration(s), the first is ${pending[0]}. Run \`npx gatehouse migrate\` first.`,
    );
}

/** Names of the migrations that the database lacks, in order. Refuses a database that a newer Gatehouse has migrated. */
async function pendingMigrations(sql: Sql): Promise<string[]> {
  const known = knownMigrations();
  const executed = await executedMigrations(sql);
  const newer = executed.filter((name) => !known.includes(name));
  if (newer.length > 0)
    throw new Refusal(
      `The database is newer than this Gatehouse (it has ${newer.join(', ')}). Start the version that migrated it, or a later one.`,
    );
  return known.filter((name) => !executed.includes(name));
}

/** Names of the migrations of this version, in order. */
export const knownMigrations = (): string[] =>
  readdirSync(MIGRATIONS)
    .filter((file) => /^Migration\d+\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();

async function executedMigrations(sql: Sql): Promise<string[]> {
  const [table] = await sql(findMigrationsTable, []);
  return table?.exists ? (await sql(findMigrations, [])).map(({ name }) => name) : [];
}
