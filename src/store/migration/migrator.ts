import { setTimeout as wait } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { MikroORM, type Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { POOL, unlimitedConnectionOptions } from '../connection/connection-pool.ts';
import type { DatabaseLocation } from '../connection/database.ts';
import { type Em, type Orm, POSTGRES, pgliteOptions } from '../connection/orm.ts';
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

/** How the ORM, and the command that writes migrations, reach an embedded database. */
export const pgliteMigratorOptions = (pglite: PGlite): Partial<Options> => ({ ...pgliteOptions(pglite), ...migrating });

/** Connections of its own, without our limits: a long ALTER TABLE is no fault, nor is waiting for another node's. */
export const postgresMigratorOptions = (url: string): Partial<Options> => ({
  ...{ ...POSTGRES, ...migrating, clientUrl: url, pool: POOL },
  driverOptions: unlimitedConnectionOptions(url),
});

/** Any number will do, as long as every node takes the same one. */
const MIGRATION_LOCK = 4_400_440_044;

/** Milliseconds between two looks whether the node that migrates has done so. */
const TURN = 200;

/** Runs what is pending. Five nodes may do so at once: one migrates, the others wait for it. */
export async function runMigrations(location: DatabaseLocation): Promise<readonly string[]> {
  // Only one process can have the embedded database open.
  if (!('url' in location)) return up((await MikroORM.init(pgliteMigratorOptions(location.pglite))) as unknown as Orm);
  const orm = (await MikroORM.init(postgresMigratorOptions(location.url))) as unknown as Orm;
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
  await liftLimits(tx);
  const [lock] = await tx.execute<{ got: boolean }[]>(`SELECT pg_try_advisory_xact_lock(${MIGRATION_LOCK}) AS got`);
  return lock?.got ? up(orm, tx) : undefined;
}

/** Those that the role or the database has: behind a pooler ours are given to the role. */
export async function liftLimits(tx: Em): Promise<void> {
  for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'])
    await tx.execute(`SET LOCAL ${limit} = 0`);
}

async function up(orm: Orm, tx?: Em): Promise<readonly string[]> {
  return (await orm.migrator.up(tx && { transaction: tx.getTransactionContext() })).map(({ name }) => name);
}
