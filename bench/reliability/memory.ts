import { setTimeout as pause } from 'node:timers/promises';
import type { Line, Stand } from './limits.ts';
import { atSite, offer, prepare } from './probed-server.ts';
import { BESIDE, RATES, SIGN_INS } from './steady.ts';

/** Megabytes. */
const LIMITS = { idle: 150, busy: 350 };
/** Milliseconds in which nobody asks anything. */
const REST = 5000;

/** Before anything was asked, and the most while each load goes by. */
export const memory = ({ administration, seconds }: Stand): Promise<Line> =>
  atSite(administration, 'T17', async (site) => {
    await pause(REST);
    const idle = site.memory().now;
    let failed = 0;
    for (const { kind, rate, connections } of [...Object.values(RATES), SIGN_INS, BESIDE]) {
      const measured = await offer(site, await prepare(site, kind, connections), {
        connections,
        rate,
        seconds: seconds / 4,
      });
      failed += measured.failed;
    }
    const { most } = site.memory();
    return {
      seen: `idle ${idle.toFixed(0)} MB, at most ${most.toFixed(0)} MB${failed === 0 ? '' : `, ${failed} failed`}`,
      reached: idle <= LIMITS.idle && most <= LIMITS.busy && failed === 0,
      ...site.tally,
    };
  });
