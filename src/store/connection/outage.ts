import type { Logger } from 'pino';

/** Whether the database fails requests at the moment. Failures set it; the supervision of the database clears it. */
export interface Outage {
  /** Host, port and name of the database, without credentials. */
  readonly database: string;
  active: boolean;
  /** Requests that failed since the outage began. */
  requests: number;
}

const outages = new WeakMap<Logger, Outage>();

/** From now on failures that are reported to this log are one outage until `active` is set to false. */
export function trackOutages(log: Logger, database: string): Outage {
  const outage = { database, active: false, requests: 0 };
  outages.set(log, outage);
  return outage;
}

/** Logs the first failure of an outage and counts the others, because every request fails while the database is unavailable. */
export function reportFailure(log: Logger, error: unknown, requestId: string | undefined): void {
  const outage = outages.get(log);
  if (outage?.active) {
    outage.requests++;
    return;
  }
  log.warn({ err: error, requestId, database: outage?.database }, describeFailure(error));
  if (outage) Object.assign(outage, { active: true, requests: 1 });
}

/** Lock and statement timeouts, serialization failures, deadlocks and references to deleted rows. */
const BUSY = /^(55P03|57014|40001|40P01|23503)$/;

/** Distinguishes a pool without a free connection, and locks, from a database that is unavailable. */
function describeFailure(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.message.includes('timeout exceeded when trying to connect')) return 'all database connections are in use';
    if (BUSY.test(String((cause as { code?: unknown }).code))) return 'database busy';
  }
  return 'database unavailable';
}
