import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type Sql, type Statement, statement } from './connection/sql.ts';

/** Rows of a batch: as many as one takes in the time it may, for how many those are differs by table and by the hour. */
const ROWS = { first: 250, least: 50, most: 5000 } as const;
/** Milliseconds that a batch may take: so long whoever needs one of its rows, perhaps to revoke it, waits. */
const AIM = 15;
/** Milliseconds between two batches: most of the time is for those who are served. */
const PAUSE = 6 * AIM;
const DAY = 86_400_000;
/** Any number, as long as every node takes the same one. */
export const SWEEP_LOCK = 4_400_440_045;

/** Milliseconds for which a row is still worth something after its end. */
export interface Retention {
  readonly audit: number;
  readonly grace: number;
}

export const retentionOf = ({ auditRetention, refreshGrace }: Config): Retention => ({
  audit: auditRetention * 1000,
  grace: refreshGrace * 1000,
});

interface Rule {
  /** Over is what is less than `$1` here. */
  readonly column: string;
  readonly keep: (retention: Retention) => number;
  /** rate-limiter-flexible keeps milliseconds since 1970. */
  readonly inMilliseconds?: true;
}

const expired = (keep = 0): Rule => ({ column: 'expires_at', keep: () => keep });

/** Whoever lost the answer may ask for the same tokens again until the grace is over, even if they have ended by then. */
const afterGrace: Rule = { column: 'expires_at', keep: ({ grace }) => grace };

/** Every table whose rows come to an end; those that others hang on come after them, so that a batch is never more than it says. */
export const SWEPT: Readonly<Record<string, Rule>> = {
  access_tokens: afterGrace,
  refresh_tokens: afterGrace,
  // A code used after its end still tells of a thief, so it stays for a day, with what it hangs on.
  authorization_codes: expired(DAY),
  authorizations: expired(DAY),
  authorization_requests: expired(),
  sessions: expired(),
  client_assertions: expired(),
  logout_deliveries: expired(),
  setup_tickets: expired(),
  signing_keys: expired(),
  // Long enough to tell an operator which expired secret an app still sends.
  client_secrets: expired(30 * DAY),
  audit_events: { column: 'at', keep: ({ audit }) => audit },
  rate_limits: { column: 'expire', keep: () => 0, inMilliseconds: true },
};

interface Sweep extends Rule {
  readonly table: string;
  readonly batch: Statement<{ swept: number }>;
  readonly left: Statement<{ left: number }>;
}

/** Taken with each batch and let go with it: nodes that sweep at once take turns, and none waits for another. */
const GATE = `gate AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${SWEEP_LOCK}) AS mine)`;

/**
 * The oldest rows that are over and that nobody holds, by their place: with the order of the index and with places PostgreSQL
 * never reads a whole table for a batch, however large the table, the batch, or what is left of earlier ones.
 */
const chosen = (table: string, column: string, over = ''): string =>
  `ctid = ANY (ARRAY(
     SELECT t.ctid FROM ${table} t WHERE (SELECT mine FROM gate) AND t.${column} < $1 ${over}
     ORDER BY t.${column} LIMIT $2 FOR UPDATE OF t SKIP LOCKED))`;

const batch = (name: string, change: string): Statement<{ swept: number }> =>
  statement(name, `WITH ${GATE}, gone AS (${change} RETURNING 1) SELECT count(*)::int AS swept FROM gone`);

const sweeps: Sweep[] = Object.entries(SWEPT).map(([table, rule]) => ({
  ...rule,
  table,
  batch: batch(`sweep-${table}`, `DELETE FROM ${table} WHERE ${chosen(table, rule.column)}`),
  left: statement<{ left: number }>(
    `count-over-${table}`,
    `SELECT count(*)::int AS left FROM ${table} t WHERE t.${rule.column} < $1`,
  ),
}));

const forgetSalts = batch(
  'sweep-salts',
  `UPDATE refresh_tokens SET salt = NULL WHERE ${chosen('refresh_tokens', 'created_at', 'AND t.salt IS NOT NULL')}`,
);

/** Rows taken, by table. Another node that sweeps at this moment takes the rest. */
export async function sweep(
  sql: Sql,
  now: Date,
  retention: Retention,
  signal?: AbortSignal,
): Promise<Record<string, number>> {
  const taken: Record<string, number> = {};
  for (const rule of sweeps)
    taken[rule.table] = await inBatches(sql, rule.batch, limitOf(rule, now, retention), signal);
  const graceOver = new Date(now.getTime() - retention.grace);
  taken.salts = await inBatches(sql, forgetSalts, graceOver, signal);
  return taken;
}

async function inBatches(
  sql: Sql,
  batch: Statement<{ swept: number }>,
  limit: Date | number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let total = 0;
  let rows: number = ROWS.first;
  while (!signal?.aborted) {
    // Told by a timer, for the clock is not read on this floor.
    let slow = false;
    const overdue = setTimeout(() => {
      slow = true;
    }, AIM);
    const [row] = await sql(batch, [limit, rows]).finally(() => clearTimeout(overdue));
    const swept = row?.swept ?? 0;
    // Not "fewer than asked for": a row that changed meanwhile is left for the next one.
    if (swept === 0) break;
    total += swept;
    rows = slow ? Math.max(ROWS.least, Math.floor(rows / 2)) : Math.min(ROWS.most, Math.floor(rows * 1.5));
    await pause(PAUSE);
  }
  return total;
}

/** Rows whose time is over and that are still there, by table. */
export async function countExpired(sql: Sql, now: Date, retention: Retention): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const rule of sweeps) counts[rule.table] = (await sql(rule.left, [limitOf(rule, now, retention)]))[0]?.left ?? 0;
  return counts;
}

function limitOf({ keep, inMilliseconds }: Rule, now: Date, retention: Retention): Date | number {
  const limit = now.getTime() - keep(retention);
  return inMilliseconds ? limit : new Date(limit);
}
