import { type Database, openDatabase } from '../connection/database.ts';
import { type Em, entityManager } from '../connection/orm.ts';
import { Refusal } from '../connection/refusal.ts';
import { migrate } from './migrate.ts';
import { liftLimits, openMigrator } from './migrator.ts';
import { columnsOfTables, differingTables, digestTables, quoteIdentifier, type TableDigests } from './table-digests.ts';

/** Rows copied at a time. A statement can bind at most 65,535 values. */
const BATCH = 500;

/** A row in one of these tables shows that the database is in use. Migrations insert rows into other tables. */
const USER_TABLES = ['users', 'authorizations', 'audit_events', 'key_checks', 'sessions'] as const;

/**
 * Copies all tables to an empty PostgreSQL database in one transaction, and compares the row count and digest of each table
 * before it commits. If anything fails, the target stays empty.
 */
export async function promote(source: Database, url: string): Promise<TableDigests> {
  await prepareTarget(url);
  // A separate context name keeps MikroORM from using the source's transaction for the target.
  const orm = await openMigrator(url, { contextName: 'target' });
  try {
    return await orm.em.fork().transactional(async (to) => {
      await liftLimits(to);
      await refuseIfUsed(to);
      return entityManager(source).transactional((from) => copyAll(from, to));
    });
  } finally {
    await orm.close(true);
  }
}

/** Migrates the target, so that both sides have the same schema. */
async function prepareTarget(url: string): Promise<void> {
  const target = await openDatabase({ url });
  try {
    const [tables] = await entityManager(target).execute<{ users: string | null }[]>(
      "SELECT to_regclass('users') AS users",
    );
    if (tables?.users != null) await entityManager(target).transactional(refuseIfUsed);
    await migrate(target, { url });
  } finally {
    await target.close();
  }
}

async function refuseIfUsed(to: Em): Promise<void> {
  for (const table of USER_TABLES) {
    const rows = await to.execute(`SELECT 1 FROM ${table} LIMIT 1`);
    if (rows.length > 0)
      throw new Refusal(`The target database is not empty: it has rows in ${table}. Use a new database.`);
  }
}

async function copyAll(from: Em, to: Em): Promise<TableDigests> {
  const tables = await columnsOfTables(to);
  const references = await dropReferences(to);
  for (const [table, columns] of Object.entries(tables)) {
    await to.execute(`DELETE FROM ${quoteIdentifier(table)}`);
    await copyTable(from, to, table, columns);
  }
  for (const { table, name, definition } of references)
    await to.execute(`ALTER TABLE ${table} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`);

  const [source, target] = [await digestTables(from), await digestTables(to)];
  const damaged = differingTables(source, target);
  if (damaged.length > 0) throw new Error(`The copy differs from the source in these tables: ${damaged.join(', ')}`);
  return target;
}

/** Foreign keys are dropped during the copy, because rows refer to each other, even within a table. */
async function dropReferences(to: Em): Promise<{ table: string; name: string; definition: string }[]> {
  const references = await to.execute<{ table: string; name: string; definition: string }[]>(
    `SELECT conrelid::regclass::text AS table, conname::text AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of references)
    await to.execute(`ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdentifier(name)}`);
  return references;
}

/** Copies every value as text, so that no type conversion can change it. */
async function copyTable(from: Em, to: Em, table: string, columns: readonly string[]): Promise<void> {
  const texts = columns.map((column) => `${quoteIdentifier(column)}::text AS ${quoteIdentifier(column)}`).join(', ');
  await from.execute(`DECLARE moving CURSOR FOR SELECT ${texts} FROM ${quoteIdentifier(table)}`);
  for (;;) {
    const rows = await from.execute<Record<string, string | null>[]>(`FETCH ${BATCH} FROM moving`);
    // Kysely binds the values; the entity manager would write them into the statement.
    if (rows.length > 0)
      await to
        .getKysely()
        .insertInto(table as never)
        .values(rows as never)
        .execute();
    if (rows.length < BATCH) break;
  }
  await from.execute('CLOSE moving');
}
