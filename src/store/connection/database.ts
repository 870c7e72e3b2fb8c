import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import { behindPooler, openPool } from './connection-pool.ts';
import { type Listen, listenOverPglite, listenOverPool } from './listen-notify.ts';
import { type Sql, sqlOverPglite, sqlOverPool } from './sql.ts';

/**
 * One database, seen through prepared statements, which is what every request needs. Administrative changes have the entity
 * manager as well (`entityManager` in `orm.ts`), which is loaded by whoever makes one: it is half of all there is to load.
 */
export interface Database {
  readonly sql: Sql;
  readonly listen: Listen;
  readonly embedded: boolean;
  /** What the statements go through, and the entity manager's with them. */
  readonly client: Pool | PGlite;
  /** How many connections are open and idle, and how many callers wait for one; nothing where there is no pool. */
  connections(): Readonly<Record<string, number>>;
  /** The same statements under a deadline: what is not done by then is cancelled. The embedded database finishes what it is doing. */
  sqlWithDeadline(deadline: AbortSignal): Sql;
  close(): Promise<void>;
}

/** Where the database is: a URL of PostgreSQL, or the embedded one, already open. */
export type DatabaseLocation = { readonly url: string } | { readonly pglite: PGlite };

/** Opens the database; nothing is migrated yet. */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  if ('url' in location) {
    const pool = await openPool(location.url);
    const named = !behindPooler(location.url);
    const sql = sqlOverPool(pool, named);
    return {
      ...{ sql, listen: listenOverPool(pool), embedded: false, client: pool },
      connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
      sqlWithDeadline: (deadline) => Object.assign(sqlOverPool(pool, named, deadline), { shared: sql }),
      close: () => pool.end(),
    };
  }
  const { pglite } = location;
  const sql = sqlOverPglite(pglite);
  return {
    ...{ sql, listen: listenOverPglite(pglite), embedded: true, client: pglite, connections: () => ({}) },
    sqlWithDeadline: (deadline) => Object.assign(sqlOverPglite(pglite, deadline), { shared: sql }),
    close: () => pglite.close(),
  };
}
