import { Overloaded } from '../../crypto/argon2-pool.ts';

/**
 * SQLSTATE classes and codes that say "not now": the connection, resources, an operator's hand, a lock, a timeout, a standby that
 * may not write (25006), or a row that was deleted while another was hung on it: asked again, the answer is that there is none.
 */
const TRANSIENT = /^(08|53|57|58|55P03|40001|40P01|25006|25P0[34]|23503)/;
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/;
const POOL =
  /timeout exceeded when trying to connect|timeout expired|Connection terminated|Query read timeout|Client has encountered a connection error/;

/** True when the database was away or busy, or this process is: the answer is 503 and trying again is right. Anything else is a defect of ours. */
export function isTransientError(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (cause instanceof Overloaded) return true;
    if (typeof code === 'string' && (TRANSIENT.test(code) || NETWORK.test(code))) return true;
    if (POOL.test(cause.message)) return true;
  }
  return false;
}

/** SQLSTATE of a statement that was carried out and refused for what it was given: nothing of it was written, and the connection is whole. */
export function isStatementRejected(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') return /^(2[0-8]|4[04]|55P03|P0)/.test(code);
  }
  return false;
}

/** SQLSTATE 23503: what the row was to hang on has been deleted at this very moment. */
export function violatesForeignKey(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as { code?: unknown }).code === '23503') return true;
  return false;
}

/** SQLSTATE 23505: somebody else has that name; `constraint` says which. */
export function violatedUniqueConstraint(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, constraint } = cause as { code?: unknown; constraint?: unknown };
    if (code === '23505') return typeof constraint === 'string' ? constraint : '';
  }
  return undefined;
}
