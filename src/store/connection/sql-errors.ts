import { Overloaded } from '../../overloaded.ts';

/**
 * SQLSTATE classes and codes of transient errors: connection, resources, operator intervention, locks, timeouts, a read-only
 * standby (25006), or a referenced row that was deleted concurrently (23503). A retry of the last one finds no row.
 */
const TRANSIENT = /^(08|53|57|58|55P03|40001|40P01|25006|25P0[34]|23503)/;
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/;
/** By message, because MikroORM wraps an error of the pool in another class. The last one is of `pool-share.ts`. */
const POOL =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client has encountered a connection error|share of the pool are in use/;

/** True if the database is unavailable or busy, or this process is overloaded, which is a 503. Other errors are bugs. */
export function isTransientError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (cause instanceof Overloaded) return true;
    if (typeof code === 'string' && (TRANSIENT.test(code) || NETWORK.test(code))) return true;
    if (POOL.test(cause.message)) return true;
  }
  return false;
}

/** True if PostgreSQL rejected a statement because of its values or a lock. It wrote nothing; the connection is usable. */
export function isStatementRejected(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') return /^(2[0-8]|4[04]|55P03|P0)/.test(code);
  }
  return false;
}

/** SQLSTATE 23503: the referenced row was deleted concurrently. */
export function violatesForeignKey(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as { code?: unknown }).code === '23503') return true;
  return false;
}

/** SQLSTATE 23505: the name of the unique constraint that the row violates. Undefined for other errors. */
export function violatedUniqueConstraint(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, constraint } = cause as { code?: unknown; constraint?: unknown };
    if (code === '23505') return typeof constraint === 'string' ? constraint : '';
  }
  return undefined;
}
