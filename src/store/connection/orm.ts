import type { PGlite } from '@electric-sql/pglite';
import { type ForkOptions, MikroORM, type Options } from '@mikro-orm/core';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AbstractSqlDriver, BasePostgreSqlEntityManager } from '@mikro-orm/sql';
import { PostgresDialect } from 'kysely';
import { entities } from '../entities/entities.ts';
import type { Database } from './database.ts';
import { kyselyPool, type LendingPool } from './kysely-pool.ts';
import type { Connections } from './pool-share.ts';
import type { Sql } from './sql.ts';

export type Em = BasePostgreSqlEntityManager<AbstractSqlDriver>;
export type Orm = MikroORM<AbstractSqlDriver, Em>;

/** ORM options for both kinds of database: a PostgreSQL server and the embedded one. */
export const POSTGRES = {
  entities,
  forceUtcTimezone: true,
  driver: PostgreSqlDriver,
  // MikroORM would otherwise report the migrations table as unmanaged.
  migrations: { tableName: 'migrations' },
} satisfies Partial<Options>;

/** ORM options for an embedded database that is already open. */
export const pgliteOptions = (pglite: PGlite): Partial<Options> => ({
  ...POSTGRES,
  driver: PgliteDriver,
  dbName: 'postgres',
  driverOptions: { pglite },
});

/** ORM options for a pool. The ORM shares the pool of the prepared statements, so that its limits apply to both. */
export const poolOptions = (pool: LendingPool): Partial<Options> => ({
  ...POSTGRES,
  dbName: 'postgres',
  driverOptions: () => new PostgresDialect({ pool: kyselyPool(pool) }),
});

/** One ORM for each connection, which the Database closes. */
const orms = new WeakMap<Database['client'], Orm>();

export function ormOf({ client, embedded, notices }: Database): Orm {
  const known = orms.get(client);
  if (known) return known;
  const options = embedded ? pgliteOptions(client as PGlite) : poolOptions(client as Connections);
  // Nearly every transaction of an entity manager records an audit event.
  const subscribers = [{ afterTransactionCommit: async () => notices.announce() }];
  const orm = new MikroORM({ ...options, subscribers }) as unknown as Orm;
  orms.set(client, orm);
  return orm;
}

/** A new entity manager with its own identity map. Each request needs one. */
export const entityManager = (database: Database): Em => ormOf(database).em.fork();

/** Statements and an entity manager that are cancelled at the deadline. */
export function withDeadline(database: Database, deadline: AbortSignal): { readonly em: () => Em; readonly sql: Sql } {
  const cancelling: ForkOptions = database.embedded ? {} : { inflightQueryAbortStrategy: 'cancel query' };
  let made: Em | undefined;
  return {
    em() {
      made ??= ormOf(database).em.fork({ ...cancelling, signal: deadline });
      return made;
    },
    sql: database.sqlWithDeadline(deadline),
  };
}
