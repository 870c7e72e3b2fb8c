import { MikroORM } from '@mikro-orm/core';
import { type Database, openDatabase } from '../connection/database.ts';
import { type Em, entityManager, type Orm } from '../connection/orm.ts';
import { Refusal } from '../connection/refusal.ts';
import { migrate } from './migrate.ts';
import { liftLimits, postgresMigratorOptions } from './migrator.ts';
import { columnsOfTables, differingTables, digestTables, quoteIdentifier, type TableDigests } from './table-digests.ts';

/** Rows that are read, and written, at a time; each value is one of the 65 535 that a statement may bind. */
const BATCH = 500;

/** Any row in these shows that the database is somebody's. Migrations fill others. */
const IN_USE = ['users', 'authorizations', 'audit_events', 'key_checks', 'sessions'] as const;

/**
 * Moves all there is to an empty PostgreSQL: in one transaction, after which each table is counted and digested on both
 * sides. Whatever fails, nothing of it is there.
 */
export async function promote(source: Database, url: string): Promise<TableDigests> {
  await prepareTarget(url);
  const orm = (await MikroORM.init(targetOptions(url))) as unknown as Orm;
  try {
    return await orm.em.fork().transactional(async (to) => {
      await liftLimits(to);
      await refuseUsed(to);
      return entityManager(source).transactional((from) => copyAll(from, to));
    });
  } finally {
    await orm.close(true);
  }
}

/** Under a name of its own: a transaction on one side would otherwise be taken for that of the other. */
const targetOptions = (url: string) => ({ ...postgresMigratorOptions(url), contextName: 'target' });

/** The schema is the same migrations' work on both sides. */
async function prepareTarget(url: string): Promise<void> {
  const target = await openDatabase({ url });
  try {
    const [there] = await entityManager(target).execute<{ users: string | null }[]>(
      "SELECT to_regclass('users') AS users",
    );
    if (there?.users != null) await entityManager(target).transactional(refuseUsed);
    await migrate(target, { url });
  } finally {
    await target.close();
  }
}

async function refuseUsed(to: Em): Promise<void> {
  for (const table of IN_USE) {
    const rows = await to.execute(`SELECT 1 FROM ${table} LIMIT 1`);
    if (rows.length > 0) throw new Refusal(`That database is not empty: it has rows in ${table}.`);
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

  const [before, after] = [await digestTables(from), await digestTables(to)];
  const wrong = differingTables(before, after);
  if (wrong.length > 0) throw new Error(`What arrived is not what was sent: ${wrong.join(', ')}`);
  return after;
}

/** Rows refer to one another, also within a table: the order in which they arrive says nothing. */
async function dropReferences(to: Em): Promise<{ table: string; name: string; definition: string }[]> {
  const references = await to.execute<{ table: string; name: string; definition: string }[]>(
    `SELECT conrelid::regclass::text AS table, conname::text AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of references)
    await to.execute(`ALTER TABLE ${table} DROP CONSTRAINT ${quoteIdentifier(name)}`);
  return references;
}

/** Every value travels as the text that its type reads and writes. */
async function copyTable(from: Em, to: Em, table: string, columns: readonly string[]): Promise<void> {
  const texts = columns.map((column) => `${quoteIdentifier(column)}::text AS ${quoteIdentifier(column)}`).join(', ');
  await from.execute(`DECLARE moving CURSOR FOR SELECT ${texts} FROM ${quoteIdentifier(table)}`);
  for (;;) {
    const rows = await from.execute<Record<string, string | null>[]>(`FETCH ${BATCH} FROM moving`);
    // Bound, and not written into the statement, as the entity manager would.
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
