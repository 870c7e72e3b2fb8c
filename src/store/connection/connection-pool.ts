import type { Socket } from 'node:net';
import type { CustomTypesConfig, Pool, PoolConfig } from 'pg';

/** Connections of one process. */
const SIZE = 10;

/**
 * Milliseconds until a request is told that there is no connection for it, be the server away or the pool in use: an answer
 * within a second.
 */
const CONNECT = 900;

/** Milliseconds: the server cancels by itself what takes longer. */
const SERVER_LIMITS = {
  statement_timeout: 4000,
  lock_timeout: 2000,
  idle_in_transaction_session_timeout: 10_000,
} as const;

/** Whatever the server or the role has: times and quotes are read in one way only. */
const READING = ['DateStyle=ISO', 'standard_conforming_strings=on'];

/**
 * A plan is made once a connection and kept, perhaps since the tables were empty: what reads a whole table then reads it still
 * when it has millions of rows. Whatever is asked here is found by an index, in the order in which the statement names its tables.
 */
const PLANNING = [
  ...['enable_seqscan=off', 'enable_hashjoin=off', 'enable_mergejoin=off', 'enable_memoize=off', 'jit=off'],
  ...['join_collapse_limit=1', 'plan_cache_mode=force_generic_plan'],
];
const OPTIONS = [...READING, ...PLANNING].map((setting) => `-c ${setting}`).join(' ');

/** Milliseconds without a byte from a server that owes an answer: it is frozen, or gone without a word. */
const SILENCE = 4500;

/** The part of `pg.Client` that its types leave out. */
interface Wire {
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

/**
 * A pooler that lends its connections by the transaction keeps neither settings nor prepared statements for us. It says so
 * in its URL, as other programs have it: `postgres://…?pgbouncer=true`.
 */
export const behindPooler = (url: string): boolean => URL.parse(url)?.searchParams.get('pgbouncer') === 'true';

export const POOL = { min: 0, max: SIZE } as const;

/** DATE, TIMESTAMP, TIMESTAMPTZ, INTERVAL, and arrays of them: left as text, for the entity manager reads them itself. */
const AS_TEXT = new Set([1082, 1114, 1184, 1186]);
const AS_TEXTS = new Set([1182, 1115, 1185, 1187]);
const TEXTS = 1009;

/** `pg.Pool` with types of ours. */
export type OpenPool = Pool & { readonly options: { readonly types: CustomTypesConfig } };

/** The connections of this process, none of which is open yet. Loaded where there is a server to connect to. */
export async function openPool(url: string): Promise<OpenPool> {
  const pg = await import('pg');
  const types: CustomTypesConfig = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      AS_TEXT.has(oid) ? String : pg.types.getTypeParser(AS_TEXTS.has(oid) ? TEXTS : oid, format),
  };
  const pool = new pg.Pool({ ...connectionOptions(url), ...POOL, types }) as OpenPool;
  hangUpOnSilence(pool);
  // Whoever asked by it is told; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', () => {});
  return pool;
}

/** How `pg` connects: the whole URL is its own to read, `sslmode` included. */
function connectionOptions(url: string): PoolConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT,
    keepAlive: true,
    application_name: 'gatehouse',
    ...(behindPooler(url) ? {} : { ...SERVER_LIMITS, options: OPTIONS }),
  };
}

/** The same without limits, for migrations: a long ALTER TABLE is no fault. */
export const unlimitedConnectionOptions = (url: string): object => ({
  connectionString: url,
  keepAlive: true,
  application_name: 'gatehouse',
});

/**
 * `query_timeout` of `pg` would give up the question and keep the connection, whose next user then waits behind it; and the
 * ROLLBACK would wait as long again. A connection that owes an answer for too long is of no use to anybody.
 */
function hangUpOnSilence(pool: Pool): void {
  pool.on('connect', (connected) => {
    const client = connected as unknown as Wire;
    const { stream } = client.connection;
    stream.setTimeout(SILENCE);
    stream.on('timeout', () => {
      if (client.readyForQuery) return;
      stream.destroy(Object.assign(new Error('The database does not answer'), { code: 'ETIMEDOUT' }));
    });
  });
}
