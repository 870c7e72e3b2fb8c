import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { type ForkOptions, MikroORM, type Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AbstractSqlDriver, BasePostgreSqlEntityManager } from '@mikro-orm/sql';
import { behindPooler, connectionOptions, POOL, type PoolCounts } from './connection-pool.ts';
import { entities } from './entities.ts';
import { type Listen, listenOverPglite, listenOverPool, type Pool as PoolThatListens } from './notices.ts';
import { type Pool, type Sql, sqlOverPglite, sqlOverPool } from './sql.ts';

export type Em = BasePostgreSqlEntityManager<AbstractSqlDriver>;
export type Orm = MikroORM<AbstractSqlDriver, Em>;

/** One database, seen through the entity manager (administration) and through prepared statements (what every request needs). */
export interface Database {
  readonly orm: Orm;
  readonly sql: Sql;
  readonly listen: Listen;
  readonly embedded: boolean;
  /** A fresh identity map: one a request. */
  em(): Em;
  /** How many connections are open and idle, and how many callers wait for one; nothing where there is no pool. */
  connections(): Readonly<Record<string, number>>;
  /** The same under a deadline: what is not done by then is cancelled. The embedded database finishes what it is doing. */
  until(deadline: AbortSignal): { readonly em: Em; readonly sql: Sql };
  close(): Promise<void>;
}

/** Where the database is: a URL of PostgreSQL, or the embedded one, already open. */
export type DatabaseLocation = { readonly url: string } | { readonly pglite: PGlite };

const migrationsDirectory = join(import.meta.dirname, '../../migrations');

const common = {
  entities,
  extensions: [Migrator],
  forceUtcTimezone: true,
  migrations: {
    path: migrationsDirectory,
    glob: '!(*.d).{js,ts}',
    tableName: 'migrations',
    snapshotName: '.snapshot',
    snapshotOnMigrate: false,
    transactional: true,
    allOrNothing: true,
    silent: true,
  },
} satisfies Partial<Options>;

/** How the ORM reaches PostgreSQL; the migrator has connection options of its own. */
export function postgresOptions(url: string, driverOptions: object = connectionOptions(url)): Partial<Options> {
  return { ...common, driver: PostgreSqlDriver, clientUrl: url, pool: POOL, driverOptions };
}

/** How the ORM reaches an embedded database that is already open. */
export function pgliteOptions(pglite: PGlite): Partial<Options> {
  return { ...common, driver: PgliteDriver, dbName: 'postgres', driverOptions: { pglite } };
}

/** Opens the database; nothing is migrated yet. */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  if ('url' in location) {
    const orm = (await MikroORM.init(postgresOptions(location.url))) as unknown as Orm;
    const pool = await nativeClient<Pool & PoolThatListens & PoolCounts>(orm);
    const named = !behindPooler(location.url);
    return {
      ...session(orm, (deadline) => sqlOverPool(pool, named, deadline), { inflightQueryAbortStrategy: 'cancel query' }),
      ...{ listen: listenOverPool(pool), embedded: false, close: () => orm.close(true) },
      connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    };
  }
  const { pglite } = location;
  const orm = (await MikroORM.init(pgliteOptions(pglite))) as unknown as Orm;
  return {
    ...session(orm, (deadline) => sqlOverPglite(pglite, deadline), {}),
    ...{ listen: listenOverPglite(pglite), embedded: true, connections: () => ({}) },
    async close() {
      await orm.close(true);
      await pglite.close();
    },
  };
}

async function nativeClient<T>(orm: Orm): Promise<T> {
  const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<T> };
  return connection.getNativeClient();
}

type Session = Pick<Database, 'orm' | 'sql' | 'em' | 'until'>;

function session(orm: Orm, sqlUntil: (deadline?: AbortSignal) => Sql, cancelling: ForkOptions): Session {
  const sql = sqlUntil();
  return {
    orm,
    sql,
    em: () => orm.em.fork(),
    until(deadline) {
      let em: Em | undefined;
      return {
        /** Made for the first that wants it: most requests only read, by statements. */
        get em() {
          em ??= orm.em.fork({ ...cancelling, signal: deadline });
          return em;
        },
        sql: Object.assign(sqlUntil(deadline), { shared: sql }),
      };
    },
  };
}
