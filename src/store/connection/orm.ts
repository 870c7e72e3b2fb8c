import type { PGlite } from '@electric-sql/pglite';
import { type ForkOptions, MikroORM, type Options } from '@mikro-orm/core';
import { PgliteDriver } from '@mikro-orm/pglite';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AbstractSqlDriver, BasePostgreSqlEntityManager } from '@mikro-orm/sql';
import { PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { entities } from '../entities/entities.ts';
import type { Database } from './database.ts';
import type { Sql } from './sql.ts';

export type Em = BasePostgreSqlEntityManager<AbstractSqlDriver>;
export type Orm = MikroORM<AbstractSqlDriver, Em>;

/** What the ORM is told of PostgreSQL, whatever way it reaches it. */
export const POSTGRES = {
  entities,
  forceUtcTimezone: true,
  driver: PostgreSqlDriver,
  // No entity's, and yet not one too many.
  migrations: { tableName: 'migrations' },
} satisfies Partial<Options>;

/** The same of an embedded database that is already open. */
export const pgliteOptions = (pglite: PGlite): Partial<Options> => ({
  ...{ ...POSTGRES, driver: PgliteDriver, dbName: 'postgres' },
  driverOptions: { pglite },
});

/** The connections are those that statements go through: their number and their limits hold for both. */
const poolOptions = (pool: Pool): Partial<Options> => ({
  ...{ ...POSTGRES, dbName: 'postgres' },
  driverOptions: () => new PostgresDialect({ pool }),
});

/** By what they go through. Nothing is theirs to close. */
const orms = new WeakMap<Database['client'], Orm>();

export function ormOf({ client, embedded }: Database): Orm {
  const known = orms.get(client);
  if (known) return known;
  const orm = new MikroORM(embedded ? pgliteOptions(client as PGlite) : poolOptions(client as Pool)) as unknown as Orm;
  orms.set(client, orm);
  return orm;
}

/** A fresh identity map: one a request. */
export const entityManager = (database: Database): Em => ormOf(database).em.fork();

/** Both under a deadline: what is not done by then is cancelled. */
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
