import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { BackchannelLogout } from '../http/operations/backchannel-logout.ts';
import { rotateSigningKeysByAge } from '../oauth/keys/signing-key-rotation.ts';
import type { Database } from '../store/connection/database.ts';
import { retentionOf, sweep } from '../store/sweep.ts';

/** Milliseconds between two sweeps of one node. A random deviation of 10 % keeps nodes from sweeping at the same moment. */
const INTERVAL = { usual: 60_000, behind: 1000 } as const;
/** After a sweep of this many rows the next one starts soon, because several small sweeps disturb requests less than a large one. */
const MANY = 5000;

interface MaintenanceOptions {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly backchannel: BackchannelLogout;
  readonly log: Logger;
}

/**
 * Periodically deletes expired rows, rotates old signing keys and delivers back-channel logouts. The returned function stops this
 * and waits for the current run.
 */
export function startMaintenance(
  { config, database: { sql }, keyring, backchannel, log }: MaintenanceOptions,
  clock: () => Date,
): () => Promise<void> {
  const stopped = new AbortController();
  let current: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const run = async () => {
    let wait: number = INTERVAL.usual;
    try {
      const swept = await sweep(sql, clock(), retentionOf(config), stopped.signal);
      log.debug({ swept }, 'expired rows deleted');
      if (Object.values(swept).reduce((sum, count) => sum + count, 0) >= MANY) wait = INTERVAL.behind;
      if (stopped.signal.aborted) return;
      backchannel.deliver();
      const made = await rotateSigningKeysByAge({ sql, keyring, now: clock() });
      if (made.length > 0) log.info({ made }, 'signing keys created');
    } catch (error) {
      // The next sweep deletes what this one could not.
      log.warn({ err: error }, 'maintenance failed');
    }
    plan(wait);
  };
  const plan = (wait: number) => {
    if (stopped.signal.aborted) return;
    timer = setTimeout(
      () => {
        current = run();
      },
      wait * (0.9 + Math.random() * 0.2),
    );
    timer.unref();
  };
  plan(INTERVAL.usual);
  return async () => {
    stopped.abort();
    clearTimeout(timer);
    await current;
  };
}
