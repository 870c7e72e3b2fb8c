import { setTimeout as pause } from 'node:timers/promises';
import type { LimitResult, Setup } from './limits.ts';
import { send, withProbedServer, workloadFor } from './probed-server.ts';
import { DURING_SIGN_INS, RATES, SIGN_INS } from './steady.ts';

/** Megabytes. */
const LIMITS = { idle: 150, underLoad: 350 };
/** Milliseconds without requests. */
const IDLE = 5000;

/** Memory before the first request, and the maximum under each load in turn. */
export const memory = ({ postgres, seconds }: Setup): Promise<LimitResult> =>
  withProbedServer(postgres, 'T17', async (probed) => {
    await pause(IDLE);
    const idle = probed.memory().now;
    let failed = 0;
    for (const { operation, rate, connections } of [...Object.values(RATES), SIGN_INS, DURING_SIGN_INS]) {
      const measured = await send(probed, await workloadFor(probed, operation, connections), {
        connections,
        rate,
        seconds: seconds / 4,
      });
      failed += measured.failed;
    }
    const { maximum } = probed.memory();
    return {
      measured: `idle ${idle.toFixed(0)} MB, maximum ${maximum.toFixed(0)} MB${failed === 0 ? '' : `, ${failed} failed`}`,
      met: idle <= LIMITS.idle && maximum <= LIMITS.underLoad && failed === 0,
      ...probed.tally,
    };
  });
