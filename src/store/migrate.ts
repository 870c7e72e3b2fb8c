import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { MikroORM } from '@mikro-orm/core';
import { patientConnectionOptions } from './connection-pool.ts';
import { type Database, type DatabaseLocation, type Em, type Orm, postgresOptions } from './orm.ts';
import { Refusal } from './refusal.ts';
import { type Sql, statement } from './sql.ts';

const findMigrationsTable = statement<{ there: boolean }>(
  'find-migrations-table',
  `SELECT to_regclass('migrations') IS NOT NULL AS there`,
);
const findMigrations = statement<{ name: string }>('find-migrations', 'SELECT name FROM migrations ORDER BY id');

/** Any number will do, as long as every node takes the same one. */
const MIGRATION_LOCK = 4_400_440_044;

/** Milliseconds between two looks whether the node that migrates has done so. */
const TURN = 200;

/** Brings the database to the schema of this code. Five nodes may start at once: one migrates, the others wait for it. */
export async function migrate(database: Database, location: DatabaseLocation): Promise<readonly string[]> {
  const pending = await pendingMigrations(database);
  if (pending.length === 0) return [];
  // Only one process can have the embedded database open.
  if (!('url' in location)) return up(database.orm);

  // Connections of its own, without our timeouts: a long ALTER TABLE is no fault, nor is waiting for another node's.
  const orm = (await MikroORM.init(
    postgresOptions(location.url, patientConnectionOptions(location.url)),
  )) as unknown as Orm;
  try {
    for (;;) {
      const migrated = await orm.em.fork().transactional((tx) => upIfFirst(orm, tx));
      if (migrated) return migrated;
      await wait(TURN);
    }
  } finally {
    await orm.close(true);
  }
}

/**
 * Undefined while another node migrates. The lock is held by a transaction and not by the session, and is asked for without
 * waiting: so a pooler that lends few connections, each for a transaction, has one left for who does the work.
 */
async function upIfFirst(orm: Orm, tx: Em): Promise<readonly string[] | undefined> {
  for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
    await tx.execute(`SET LOCAL ${limit} = 0`);
  const [lock] = await tx.execute<{ got: boolean }[]>(`SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS got`);
  return lock?.got ? up(orm, tx) : undefined;
}

/** Refuses a database that this code does not fit; writes nothing (MIGRATE=check, for nodes that may not change tables). */
export async function checkMigrations(database: Database): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length > 0)
    throw new Refusal(
      `The database lacks ${pending.length} migration(s), the first is ${pending[0]}: run \`npx gatehouse migrate\` first.`,
    );
}

/** Names of the migrations that the database lacks, in order. Refuses a database that a newer Gatehouse has changed. */
async function pendingMigrations({ orm, sql }: Database): Promise<string[]> {
  const known = knownMigrations(orm);
  const executed = await executedMigrations(sql);
  const foreign = executed.filter((name) => !known.includes(name));
  if (foreign.length > 0)
    throw new Refusal(
      `The database is newer than this Gatehouse (it has ${foreign.join(', ')}): start the version that changed it, or a later one.`,
    );
  return known.filter((name) => !executed.includes(name));
}

/** Names of the migrations of this code, in order. */
export const knownMigrations = (orm: Orm): string[] =>
  readdirSync(String(orm.config.get('migrations').path))
    .filter((file) => /^Migration\d+\.ts$/.test(file))
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();

async function executedMigrations(sql: Sql): Promise<string[]> {
  const [table] = await sql(findMigrationsTable, []);
  return table?.there ? (await sql(findMigrations, [])).map(({ name }) => name) : [];
}

async function up(orm: Orm, tx?: Em): Promise<readonly string[]> {
  return (await orm.migrator.up(tx && { transaction: tx.getTransactionContext() })).map(({ name }) => name);
}
