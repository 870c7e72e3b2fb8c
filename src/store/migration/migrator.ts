import { setTimeout as wait } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { MikroORM, type Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { openUnlimitedPool } from '../connection/connection-pool.ts';
import type { DatabaseLocation } from '../connection/database.ts';
import { type Em, type Orm, POSTGRES, pgliteOptions, poolOptions } from '../connection/orm.ts';
import { wholePool } from '../connection/pool-share.ts';
import { MIGRATIONS } from './directory.ts';

const migrating = {
  extensions: [Migrator],
  migrations: {
    path: MIGRATIONS,
    glob: '!(*.d).{js,ts}',
    ...POSTGRES.migrations,
    snapshotName: '.snapshot',
    snapshotOnMigrate: false,
    transactional: true,
    allOrNothing: true,
    silent: true,
  },
} satisfies Partial<Options>;

/** Options for an embedded database, also for the `mikro-orm` command that creates migrations. */
export const pgliteMigratorOptions = (pglite: PGlite): Partial<Options> => ({ ...pgliteOptions(pglite), ...migrating });

/** Opens a separate pool without time limits, because an ALTER TABLE, or waiting for another node's, may take long. */
export async function openMigrator(url: string, options: Partial<Options> = {}): Promise<Orm> {
  const pool = poolOptions(wholePool(await openUnlimitedPool(url)));
  return (await MikroORM.init({ ...pool, ...migrating, ...options })) as unknown as Orm;
}

/** An arbitrary advisory lock number. All nodes must use the same one. */
const MIGRATION_LOCK = 4_400_440_044;

/** Milliseconds between two checks whether another node has finished migrating. */
const POLL_INTERVAL = 200;

/** Applies the pending migrations. If several nodes start at once, one migrates and the others wait for it. */
export async function runMigrations(location: DatabaseLocation): Promise<readonly string[]> {
  // No lock is needed, because only one process can open the embedded database.
  if (!('url' in location)) return up((await MikroORM.init(pgliteMigratorOptions(location.pglite))) as unknown as Orm);
  const orm = await openMigrator(location.url);
  try {
    for (;;) {
      const migrated = await orm.em.fork().transactional((tx) => upIfFirst(orm, tx));
      if (migrated) return migrated;
      await wait(POLL_INTERVAL);
    }
  } finally {
    await orm.close(true);
  }
}

/**
 * Returns undefined while another node migrates. The lock belongs to the transaction and is tried without waiting. Waiting nodes
 * therefore hold no connection of a pooler in transaction mode, and the migrating node always gets one.
 */
async function upIfFirst(orm: Orm, tx: Em): Promise<readonly string[] | undefined> {
  await liftLimits(tx);
  const [lock] = await tx.execute<{ locked: boolean }[]>(
    `SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS locked`,
  );
  return lock?.locked ? up(orm, tx) : undefined;
}

/** Removes the time limits that the role or the database sets. Behind a pooler, operators set our limits on the role. */
export async function liftLimits(tx: Em): Promise<void> {
  for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
    await tx.execute(`SET LOCAL ${limit} = 0`);
}

async function up(orm: Orm, tx?: Em): Promise<readonly string[]> {
  return (await orm.migrator.up(tx && { transaction: tx.getTransactionContext() })).map(({ name }) => name);
}
