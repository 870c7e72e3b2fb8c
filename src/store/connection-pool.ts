import type { Socket } from 'node:net';

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

/** The part of `pg.Client` used here. */
interface Client {
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

/** The part of `pg.Pool` used here. */
interface Events {
  on(event: 'connect', listener: (client: Client) => void): unknown;
}

/** How `pg.Pool` counts: callers beyond the last wait for a connection. */
export interface PoolCounts {
  readonly totalCount: number;
  readonly idleCount: number;
  readonly waitingCount: number;
}

/**
 * A pooler that lends its connections by the transaction keeps neither settings nor prepared statements for us. It says so
 * in its URL, as other programs have it: `postgres://…?pgbouncer=true`.
 */
export const behindPooler = (url: string): boolean => URL.parse(url)?.searchParams.get('pgbouncer') === 'true';

export const POOL = { min: 0, max: SIZE } as const;

/** How `pg` connects: the whole URL is its own to read, `sslmode` included. */
export function connectionOptions(url: string): object {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT,
    keepAlive: true,
    application_name: 'gatehouse',
    ...(behindPooler(url) ? {} : { ...SERVER_LIMITS, options: OPTIONS }),
    onPoolCreated: hangUpOnSilence,
  };
}

/** The same without limits, for migrations: a long ALTER TABLE is no fault. */
export const patientConnectionOptions = (url: string): object => ({
  connectionString: url,
  keepAlive: true,
  application_name: 'gatehouse',
});

/**
 * `query_timeout` of `pg` would give up the question and keep the connection, whose next user then waits behind it; and the
 * ROLLBACK would wait as long again. A connection that owes an answer for too long is of no use to anybody.
 */
function hangUpOnSilence(pool: Events): void {
  pool.on('connect', (client) => {
    const { stream } = client.connection;
    stream.setTimeout(SILENCE);
    stream.on('timeout', () => {
      if (client.readyForQuery) return;
      stream.destroy(Object.assign(new Error('The database does not answer'), { code: 'ETIMEDOUT' }));
    });
  });
}
