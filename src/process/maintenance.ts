import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { BackchannelLogout } from '../http/operations/backchannel-logout.ts';
import { rotateSigningKeysByAge } from '../oauth/keys/signing-key-rotation.ts';
import type { Database } from '../store/connection/database.ts';
import { retentionOf, sweep } from '../store/sweep.ts';

/** Milliseconds between two sweeps of one node; up to a tenth more or less keeps nodes from beginning together. */
const INTERVAL = { usual: 60_000, behind: 1000 } as const;
/** Rows after which the next sweep comes soon: so many end within a minute that it is better to take them little by little. */
const MANY = 5000;

interface Swept {
  readonly config: Config;
  readonly database: Database;
  readonly keyring: Keyring;
  readonly backchannel: BackchannelLogout;
  readonly log: Logger;
}

/** Clears away what has expired, renews keys that have grown old and tells clients of logouts, now and then, until the returned function is called; that one waits for the batch under way. */
export function sweepRegularly(
  { config, database: { sql }, keyring, backchannel, log }: Swept,
  clock: () => Date,
): () => Promise<void> {
  const stopped = new AbortController();
  let underWay: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;

  const run = async () => {
    let wait: number = INTERVAL.usual;
    try {
      const swept = await sweep(sql, clock(), retentionOf(config), stopped.signal);
      log.debug({ swept }, 'swept');
      if (Object.values(swept).reduce((sum, count) => sum + count, 0) >= MANY) wait = INTERVAL.behind;
      if (stopped.signal.aborted) return;
      backchannel.deliver(clock());
      const made = await rotateSigningKeysByAge({ sql, keyring, now: clock() });
      if (made.length > 0) log.info({ made }, 'made signing keys');
    } catch (error) {
      // The next sweep takes what this one left.
      log.warn({ err: error }, 'the sweep failed');
    }
    plan(wait);
  };
  const plan = (wait: number) => {
    if (stopped.signal.aborted) return;
    timer = setTimeout(
      () => {
        underWay = run();
      },
      wait * (0.9 + Math.random() * 0.2),
    );
    timer.unref();
  };
  plan(INTERVAL.usual);
  return async () => {
    stopped.abort();
    clearTimeout(timer);
    await underWay;
  };
}
