import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type Sql, type Statement, statement } from './connection/sql.ts';
import { RETIRED_KEYS_KEPT } from './signing-keys.ts';

/** Number of rows in a batch. It adapts to the time that batches take, which depends on the table and the load. */
const ROWS = { initial: 250, minimum: 50, maximum: 5000 } as const;
/** Milliseconds that a batch should take. Requests that need one of its rows wait until it ends. */
const TARGET = 15;
/** Milliseconds between two batches, so that requests get most of the time. */
const PAUSE = 6 * TARGET;
const DAY = 86_400_000;
/** An arbitrary advisory lock number. All nodes must use the same one. */
export const SWEEP_LOCK = 4_400_440_045;

/** Milliseconds for which rows are kept after they expire. */
export interface Retention {
  readonly audit: number;
  readonly grace: number;
}

export const retentionOf = ({ auditRetention, refreshGrace }: Config): Retention => ({
  audit: auditRetention * 1000,
  grace: refreshGrace * 1000,
});

interface Rule {
  /** Rows whose value in this column is below `$1` have expired. */
  readonly column: string;
  readonly keep: (retention: Retention) => number;
  /** rate-limiter-flexible keeps milliseconds since 1970. */
  readonly inMilliseconds?: true;
}

const expired = (keep = 0): Rule => ({ column: 'expires_at', keep: () => keep });

/** A client that lost the response may request the same tokens again until the grace period ends, even if they have expired. */
const afterGrace: Rule = { column: 'expires_at', keep: ({ grace }) => grace };

/** Every table whose rows expire. Referencing tables come first, so that a batch deletes few further rows by cascade. */
export const SWEPT: Readonly<Record<string, Rule>> = {
  access_tokens: afterGrace,
  refresh_tokens: afterGrace,
  // An expired code is kept for a day with its authorization, because its reuse still reveals a theft.
  authorization_codes: expired(DAY),
  authorizations: expired(DAY),
  authorization_requests: expired(),
  sessions: expired(),
  known_browsers: expired(),
  client_assertions: expired(),
  logout_deliveries: expired(),
  setup_tickets: expired(),
  // A hint may be an ID token that a retired key signed.
  signing_keys: expired(RETIRED_KEYS_KEPT * 1000),
  // An expired secret is kept so that the log can show which client still sends it.
  client_secrets: expired(30 * DAY),
  audit_events: { column: 'at', keep: ({ audit }) => audit },
  rate_limits: { column: 'expire', keep: () => 0, inMilliseconds: true },
};

interface Sweep extends Rule {
  readonly table: string;
  readonly batch: Statement<{ swept: number }>;
  readonly count: Statement<{ expired: number }>;
}

/** Each batch takes the lock without waiting, so that only one node sweeps at a time. */
const GATE = `gate AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}) AS locked)`;

/**
 * Selects the oldest expired rows that are not locked. Index order and ctids keep PostgreSQL from reading the whole table,
 * however large the table or the batch is and however many dead rows earlier batches left.
 */
const oldestExpired = (table: string, column: string, condition = ''): string =>
  `ctid = ANY (ARRAY(
     SELECT t.ctid FROM ${table} t WHERE (SELECT locked FROM gate) AND t.${column} < $1 ${condition}
     ORDER BY t.${column} LIMIT $2 FOR UPDATE OF t SKIP LOCKED))`;

const batch = (name: string, change: string): Statement<{ swept: number }> =>
  statement(name, `WITH ${GATE}, changed AS (${change} RETURNING 1) SELECT count(*)::int AS swept FROM changed`);

const sweeps: Sweep[] = Object.entries(SWEPT).map(([table, rule]) => ({
  ...rule,
  table,
  batch: batch(`sweep-${table}`, `DELETE FROM ${table} WHERE ${oldestExpired(table, rule.column)}`),
  count: statement<{ expired: number }>(
    `count-expired-${table}`,
    `SELECT count(*)::int AS expired FROM ${table} t WHERE t.${rule.column} < $1`,
  ),
}));

const deleteSalts = batch(
  'sweep-salts',
  `UPDATE refresh_tokens SET salt = NULL WHERE ${oldestExpired('refresh_tokens', 'created_at', 'AND t.salt IS NOT NULL')}`,
);

/** Deletes expired rows and returns their number by table. Stops early at a table that another node is sweeping. */
export async function sweep(
  sql: Sql,
  now: Date,
  retention: Retention,
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const swept: Record<string, number> = {};
  for (const rule of sweeps)
    swept[rule.table] = await inBatches(sql, rule.batch, limitOf(rule, now, retention), signal);
  const graceStart = new Date(now.getTime() - retention.grace);
  swept.salts = await inBatches(sql, deleteSalts, graceStart, signal);
  return swept;
}

async function inBatches(
  sql: Sql,
  batch: Statement<{ swept: number }>,
  limit: Date | number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let total = 0;
  let rows: number = ROWS.initial;
  while (!signal?.aborted) {
    // A timer measures the batch, because code in `store/` does not read the clock.
    let slow = false;
    const overdue = setTimeout(() => {
      slow = true;
    }, TARGET);
    const [row] = await sql(batch, [limit, rows]).finally(() => clearTimeout(overdue));
    const swept = row?.swept ?? 0;
    // A batch that is not full may not be the last one, because it leaves out rows that changed while it ran.
    if (swept === 0) break;
    total += swept;
    rows = slow ? Math.max(ROWS.minimum, Math.floor(rows / 2)) : Math.min(ROWS.maximum, Math.floor(rows * 1.5));
    await pause(PAUSE);
  }
  return total;
}

/** Counts the expired rows that are still stored, by table. */
export async function countExpired(sql: Sql, now: Date, retention: Retention): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const rule of sweeps)
    counts[rule.table] = (await sql(rule.count, [limitOf(rule, now, retention)]))[0]?.expired ?? 0;
  return counts;
}

function limitOf({ keep, inMilliseconds }: Rule, now: Date, retention: Retention): Date | number {
  const limit = now.getTime() - keep(retention);
  return inMilliseconds ? limit : new Date(limit);
}
