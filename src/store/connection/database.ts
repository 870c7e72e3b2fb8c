import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';
import { behindPooler, loansOf, openPool, POOL } from './connection-pool.ts';
import { type Notices, noticesInProcess, noticesOverPool } from './notices.ts';
import { type Sql, sqlOverPglite, sqlOverPool } from './sql.ts';

/**
 * An open database. Every request uses prepared statements through `sql`. Administrative changes use `entityManager` of
 * `orm.ts`, which is loaded only when needed because it is half of all code that the server loads.
 */
export interface Database {
  readonly sql: Sql;
  readonly notices: Notices;
  readonly embedded: boolean;
  /** The connection that both `sql` and the entity manager use. */
  readonly client: Pool | PGlite;
  /** Open and idle connections, and callers that wait for one. Empty for the embedded database, which has no pool. */
  connections(): Readonly<Record<string, number>>;
  /** An object for each connection in use, which is new each time it is lent, and the maximum number of connections. */
  loans(): readonly object[];
  readonly maximum: number;
  /** Like `sql`, but cancels statements at the deadline. The embedded database finishes the statement that is running. */
  sqlWithDeadline(deadline: AbortSignal): Sql;
  close(): Promise<void>;
}

/** The URL of a PostgreSQL server, or the embedded database, already open. */
export type DatabaseLocation = { readonly url: string } | { readonly pglite: PGlite };

/** Opens the database without migrating it. */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  if ('url' in location) {
    const pool = await openPool(location.url);
    const pooled = behindPooler(location.url);
    const notices = noticesOverPool(pool, pooled);
    const options = { named: !pooled, onAudited: notices.announce };
    const sql = sqlOverPool(pool, options);
    return {
      sql,
      notices,
      embedded: false,
      client: pool,
      connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
      loans: () => loansOf(pool),
      maximum: POOL.max,
      sqlWithDeadline: (deadline) => Object.assign(sqlOverPool(pool, options, deadline), { shared: sql }),
      close: () => pool.end(),
    };
  }
  const { pglite } = location;
  const notices = noticesInProcess();
  const sql = sqlOverPglite(pglite, notices.announce);
  return {
    sql,
    notices,
    embedded: true,
    client: pglite,
    connections: () => ({}),
    loans: () => [],
    maximum: 1,
    sqlWithDeadline: (deadline) => Object.assign(sqlOverPglite(pglite, notices.announce, deadline), { shared: sql }),
    close: () => pglite.close(),
  };
}
