import { setTimeout as pause } from 'node:timers/promises';
import { makePool, type Pace, paced } from '../load/paced-load.ts';
import { ms } from '../report/reliability-page.ts';
import type { Line, Stand } from './limits.ts';
import { withNodes } from './nodes.ts';
import { RATES } from './steady.ts';

const { rate, p99: CALM } = RATES.T1;
/** Seconds until it must be calm again. */
const SETTLE = 5;
/** So many that none waits on our side, unless thousands are unanswered. */
const SOCKETS = 2000;

/** Far more than it must bear, and half of it from the moment on at which that ends. */
export const overload = ({ administration, seconds }: Stand): Promise<Line> =>
  withNodes(administration, 'T7', 1, async (nodes) => {
    const pool = makePool(nodes.ports[0] ?? 0, nodes.client, nodes.host, SOCKETS);
    const tokens = (pace: Pace) => paced(pace, () => pool.token());
    const running = tokens({ rate: 5 * rate, seconds });
    await pause(seconds * 1000);
    const settling = await tokens({ rate: rate / 2, seconds: SETTLE });
    const after = await tokens({ rate: rate / 2, seconds: seconds / 2 });
    const over = await running;

    const good = (over.statuses[200] ?? 0) / seconds;
    const others = [over, settling, after].flatMap(({ statuses }) => Object.entries(statuses));
    const serverErrors = others.reduce((sum, [status, count]) => sum + (/^(200|429|503)$/.test(status) ? 0 : count), 0);
    return {
      seen: `${good.toFixed(0)}/s good, p99 ${ms(over.p99)}; ${over.answers - (over.statuses[200] ?? 0)} refused, the slowest after ${ms(over.slowestRefusal)}; ${over.lost + over.refused} not answered within 5 s; afterwards p99 ${ms(after.p99)}`,
      reached:
        good >= 0.8 * rate &&
        serverErrors === 0 &&
        over.slowestRefusal <= 1000 &&
        over.lost + over.refused + settling.lost === 0 &&
        after.statuses[200] === after.answers &&
        after.lost === 0 &&
        after.p99 <= CALM,
      requests: over.answers + settling.answers + after.answers,
      serverErrors,
    };
  });
