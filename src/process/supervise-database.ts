import type { Logger } from 'pino';
import type { Database } from '../store/connection/database.ts';
import { trackOutages } from '../store/connection/outage.ts';
import type { Readiness } from '../store/readiness.ts';

/** Milliseconds. */
const INTERVAL = 1000;

/** Milliseconds for which a connection can be in use: an idle transaction may last 10 s, and a statement in it 4 s. */
const LONGEST_LOAN = 14_000;

interface Supervised {
  readonly database: Database;
  /** Host, port and name, for the log. */
  readonly address: string;
  readonly readiness: Readiness;
  readonly log: Logger;
}

/**
 * Logs once that the database can be used again after an outage, and calls `onStuck` if all connections have been in use for
 * longer than any statement may take, because no request could ever be served again. Returns a function that stops it.
 */
export function superviseDatabase(
  { database, address, readiness, log }: Supervised,
  clock: () => Date,
  onStuck: () => void,
  longestLoan = LONGEST_LOAN,
): () => void {
  const outage = trackOutages(log, address);
  let since: number | undefined;
  let failures = 0;
  let checking = false;
  /** For how many intervals each connection has been in use. Intervals are counted, because the clock can be changed. */
  const seen = new Map<object, number>();

  const checkOutage = async (now: Date) => {
    since ??= now.getTime();
    const quiet = outage.requests === failures;
    failures = outage.requests;
    await readiness(now);
    if (!quiet) return;
    const seconds = Math.round((clock().getTime() - since) / 1000);
    log.warn({ database: address, seconds, requests: outage.requests }, 'database available again');
    outage.active = false;
    since = undefined;
    failures = 0;
  };

  const checkLoans = () => {
    const loans = database.loans();
    for (const loan of seen.keys()) if (!loans.includes(loan)) seen.delete(loan);
    for (const loan of loans) seen.set(loan, (seen.get(loan) ?? -1) + 1);
    const isStuck = (loan: object) => (seen.get(loan) ?? 0) * INTERVAL > longestLoan;
    if (loans.length < database.maximum || !loans.every(isStuck)) return;
    clearInterval(timer);
    onStuck();
  };

  const timer = setInterval(() => {
    const now = clock();
    checkLoans();
    if (!outage.active || checking) return;
    checking = true;
    // While the database is unavailable this fails; the next interval tries again.
    void checkOutage(now)
      .catch(() => {})
      .finally(() => {
        checking = false;
      });
  }, INTERVAL);
  timer.unref();
  return () => clearInterval(timer);
}

/** Where the database is, without its credentials. */
export function addressOf(databaseUrl: string | undefined, dataDir: string): string {
  const url = URL.parse(databaseUrl ?? '');
  return url ? `${url.host}${url.pathname}` : dataDir;
}
