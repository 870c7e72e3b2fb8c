import { setTimeout as pause } from 'node:timers/promises';
import { drive, type Measured } from '../load/drive.ts';
import { clientCredentials } from '../load/oauth-workloads.ts';
import { ms } from '../report/format.ts';
import type { LimitResult, Setup } from './limits.ts';
import { withNodes } from './nodes.ts';
import { RATES } from './steady.ts';

const { rate, p99: CALM, connections } = RATES.T1;
/** Seconds until latency must be normal again. */
const SETTLE = 5;
const OVERLOAD = 5 * rate;
/** Milliseconds within which a request must be refused. */
const REFUSAL = 1000;

const responsesOf = ({ statuses }: Measured): number => Object.values(statuses).reduce((sum, count) => sum + count, 0);

/** Five times the required rate, and then half of the required rate. */
export const overload = ({ postgres, seconds }: Setup): Promise<LimitResult> =>
  withNodes(postgres, 'T7', 1, async (nodes) => {
    const workload = clientCredentials({ path: '/oauth/token', ...nodes.client, host: nodes.host });
    // Each connection sends once a second, so a request is late only if the response before it broke the limit for refusals.
    const running = drive(nodes.ports, workload, { rate: OVERLOAD, seconds, connections: (OVERLOAD * REFUSAL) / 1000 });
    await pause(seconds * 1000);
    const calm = { rate: rate / 2, connections };
    const settling = await drive(nodes.ports, workload, { ...calm, seconds: SETTLE });
    const after = await drive(nodes.ports, workload, { ...calm, seconds: seconds / 2 });
    const over = await running;

    const good = over.responses / seconds;
    const all = [over, settling, after];
    const others = all.flatMap(({ statuses }) => Object.entries(statuses));
    const serverErrors = others.reduce((sum, [status, count]) => sum + (/^(200|429|503)$/.test(status) ? 0 : count), 0);
    return {
      measured: `${good.toFixed(0)}/s correct, p99 ${ms(over.p99)}; ${responsesOf(over) - over.responses} refused, slowest after ${ms(over.slowestRejection)}; ${over.lost + over.refused} without a response within 5 s; afterwards p99 ${ms(after.p99)}`,
      met:
        good >= 0.8 * rate &&
        serverErrors === 0 &&
        over.slowestRejection <= REFUSAL &&
        over.lost + over.refused + settling.lost === 0 &&
        after.failed === 0 &&
        after.p99 <= CALM,
      requests: all.reduce((sum, measured) => sum + responsesOf(measured), 0),
      serverErrors,
    };
  });
