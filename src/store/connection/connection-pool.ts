import type { Socket } from 'node:net';
import type { CustomTypesConfig, Pool, PoolConfig } from 'pg';

/** Connections of one process. */
const SIZE = 10;

/** Milliseconds to wait for a connection, so that a request fails within a second if the server is down or the pool is full. */
export const CONNECT_TIMEOUT = 900;

/** Milliseconds. The server cancels statements, lock waits and idle transactions that take longer. */
const SERVER_LIMITS = {
  statement_timeout: 4000,
  lock_timeout: 2000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** Overrides the settings of the server and the role, because times and quotes must be parsed in one way. */
const PARSING = ['DateStyle=ISO', 'standard_conforming_strings=on'];

/**
 * A connection plans each statement once, perhaps while the tables are still empty. Without these settings such a plan could
 * scan a table that has grown to millions of rows. Every statement has an index and names its tables in the best order.
 */
const PLANNING = [
  'enable_seqscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_memoize=off',
  'jit=off',
  'join_collapse_limit=1',
  'plan_cache_mode=force_generic_plan',
];
const REQUEST_OPTIONS: PoolConfig = {
  ...SERVER_LIMITS,
  options: [...PARSING, ...PLANNING].map((setting) => `-c ${setting}`).join(' '),
};

/** Milliseconds without a byte from the server while a query is running. The server is then frozen or unreachable. */
const RESPONSE_TIMEOUT = 4500;

/** The part of `pg.Client` that its types leave out. */
interface ClientInternals {
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

/**
 * True if the URL names a pooler in transaction mode (`postgres://…?pgbouncer=true`, as other programs write it). Such a pooler
 * keeps neither session settings nor prepared statements.
 */
export const behindPooler = (url: string): boolean => URL.parse(url)?.searchParams.get('pgbouncer') === 'true';

export const POOL = { min: 0, max: SIZE } as const;

/** The connections of each pool that are in use. Each use of a connection has a new object. */
const loans = new WeakMap<Pool, Map<object, object>>();

export const loansOf = (pool: Pool): readonly object[] => [...(loans.get(pool)?.values() ?? [])];

/** DATE, TIMESTAMP, TIMESTAMPTZ, INTERVAL and their arrays stay text, because the entity manager parses them itself. */
const AS_TEXT = new Set([1082, 1114, 1184, 1186]);
const AS_TEXTS = new Set([1182, 1115, 1185, 1187]);
const TEXTS = 1009;

/** `pg.Pool` with our type parsers. */
export type OpenPool = Pool & { readonly options: { readonly types: CustomTypesConfig } };

/** Creates the connection pool of this process; no connection is open yet. Loads `pg` only if there is a server to connect to. */
export async function openPool(url: string): Promise<OpenPool> {
  const pool = await makePool({ ...connectionOptions(url), ...(behindPooler(url) ? {} : REQUEST_OPTIONS) });
  closeUnresponsive(pool);
  return pool;
}

/** The same without time limits, because an ALTER TABLE in a migration may take long. */
export const openUnlimitedPool = (url: string): Promise<OpenPool> => makePool(connectionOptions(url));

async function makePool(options: PoolConfig): Promise<OpenPool> {
  const pg = await import('pg');
  const types: CustomTypesConfig = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      AS_TEXT.has(oid) ? String : pg.types.getTypeParser(AS_TEXTS.has(oid) ? TEXTS : oid, format),
  };
  const pool = new pg.Pool({ ...options, ...POOL, types }) as OpenPool;
  // The running query rejects with the error as well. Without a listener the event would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  const lent = new Map<object, object>();
  loans.set(pool, lent);
  pool.on('acquire', (client) => void lent.set(client, {}));
  pool.on('release', (_error, client) => void lent.delete(client));
  return pool;
}

/** Options of `pg`, which parses the whole URL itself, including `sslmode`. */
const connectionOptions = (url: string): PoolConfig => ({
  connectionString: url,
  connectionTimeoutMillis: CONNECT_TIMEOUT,
  keepAlive: true,
  // The operating system probes an idle connection after this many milliseconds, not after two hours.
  keepAliveInitialDelayMillis: 10_000,
  application_name: 'gatehouse',
});

/**
 * Closes connections whose server no longer responds. `query_timeout` of `pg` would reject the query but keep the connection,
 * so the next query and the ROLLBACK would wait behind it.
 */
function closeUnresponsive(pool: Pool): void {
  pool.on('connect', (connected) => {
    const client = connected as unknown as ClientInternals;
    const { stream } = client.connection;
    stream.setTimeout(RESPONSE_TIMEOUT);
    stream.on('timeout', () => {
      if (client.readyForQuery) return;
      stream.destroy(Object.assign(new Error('The database does not respond'), { code: 'ETIMEDOUT' }));
    });
  });
}
