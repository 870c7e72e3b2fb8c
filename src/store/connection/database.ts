import type { PGlite } from '@electric-sql/pglite';
import { behindPooler, loansOf, type OpenPool, openPool, POOL } from './connection-pool.ts';
import { type Notices, noticesInProcess, noticesOverPool } from './notices.ts';
import { type Connections, shareOf, wholePool } from './pool-share.ts';
import { type PoolSqlOptions, type Sql, sqlOfOperation, sqlOverPglite, sqlOverPool } from './sql.ts';

/**
 * An open database. Every request uses prepared statements through `sql`. Administrative changes use `entityManager` of
 * `orm.ts`, which is loaded only when needed because it is half of all code that the server loads.
 */
export interface Database {
  readonly sql: Sql;
  readonly notices: Notices;
  readonly embedded: boolean;
  /** The connections that both `sql` and the entity manager use. */
  readonly client: Connections | PGlite;
  /** Open and idle connections, and callers that wait for one. Empty for the embedded database, which has no pool. */
  connections(): Readonly<Record<string, number>>;
  /** The connections in use, each as an object that is new for each use, and the maximum number of connections. */
  loans(): readonly object[];
  readonly maximum: number;
  /** Like `sql`, but cancels statements at the deadline. The embedded database finishes the statement that is running. */
  sqlWithDeadline(deadline: AbortSignal): Sql;
  /** The same database, of whose pool it uses at most `connections` at a time. The embedded database has only one. */
  share(connections: number): Database;
  close(): Promise<void>;
}

/** The URL of a PostgreSQL server, or the embedded database, already open. */
export type DatabaseLocation = { readonly url: string } | { readonly pglite: PGlite };

/** Opens the database without migrating it. */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  if (!('url' in location)) return overPglite(location.pglite);
  const pool = await openPool(location.url);
  const pooled = behindPooler(location.url);
  const notices = noticesOverPool(pool, pooled);
  return overPool({ pool, notices, options: { named: !pooled, onAudited: notices.announce } }, wholePool(pool));
}

interface OverPool {
  readonly pool: OpenPool;
  readonly notices: Notices;
  readonly options: PoolSqlOptions;
}

function overPool(opened: OverPool, client: Connections): Database {
  const { pool, notices, options } = opened;
  const sql = sqlOverPool(client, options);
  return {
    sql,
    notices,
    embedded: false,
    client,
    connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    loans: () => loansOf(pool),
    maximum: POOL.max,
    sqlWithDeadline: (deadline) => sqlOfOperation(sqlOverPool(client, options, deadline), sql, deadline),
    share: (connections) => overPool(opened, shareOf(client, connections)),
    close: () => pool.end(),
  };
}

function overPglite(pglite: PGlite): Database {
  const notices = noticesInProcess();
  const sql = sqlOverPglite(pglite, notices.announce);
  const database: Database = {
    sql,
    notices,
    embedded: true,
    client: pglite,
    connections: () => ({}),
    loans: () => [],
    maximum: 1,
    sqlWithDeadline: (deadline) => sqlOfOperation(sqlOverPglite(pglite, notices.announce, deadline), sql, deadline),
    share: () => database,
    close: () => pglite.close(),
  };
  return database;
}
