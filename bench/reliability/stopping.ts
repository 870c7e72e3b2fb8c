import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { makePool, paced } from '../load/paced-load.ts';
import { ms } from '../report/reliability-page.ts';
import type { Line, Stand } from './limits.ts';
import { withNodes } from './nodes.ts';

/** Milliseconds until the process has ended, and until a connection on which nothing is asked is closed. */
const LIMITS = { exit: 10_000, idle: 2000 };

/** Told to stop under load: no answer may be lost. */
const stop = ({ administration }: Stand) =>
  withNodes(administration, 'T13', 1, async (nodes) => {
    const pool = makePool(nodes.ports[0] ?? 0, nodes.client, nodes.host);
    const load = paced({ rate: 200, seconds: 4 }, () => pool.token());
    const idle = connect(nodes.ports[0] ?? 0, '127.0.0.1');
    idle.write(`GET /healthz HTTP/1.1\r\nHost: ${nodes.host}\r\n\r\n`);
    await once(idle, 'data');
    await pause(2000);
    const begun = performance.now();
    nodes.processes[0]?.kill('SIGTERM');
    const since = () => performance.now() - begun;
    const [code, took, idleClosed] = await Promise.all([
      nodes.processes[0]?.exit,
      nodes.processes[0]?.exit.then(since),
      once(idle, 'close').then(since),
    ]);
    const { answers, statuses, lost } = await load;
    return { answers, wrong: answers - (statuses[200] ?? 0) + lost, code, took: took ?? 0, idleClosed };
  });

/** Two processes renewed by turns, under requests that go to the other one where nobody is there to take them. */
const renew = ({ administration, seconds }: Stand) =>
  withNodes(administration, 'T13_renewed', 2, async (nodes) => {
    const pools = nodes.ports.map((port) => makePool(port, nodes.client, nodes.host));
    const load = paced({ rate: 100, seconds: 3 * seconds }, async (index) => {
      const [first, second] = [pools[index % 2]!, pools[(index + 1) % 2]!];
      const answer = await first.token();
      return answer === 'refused' ? second.token() : answer;
    });
    let [renewed, over] = [0, false];
    void load.then(() => {
      over = true;
    });
    for (; !over; renewed++) {
      nodes.processes[renewed % 2]?.kill('SIGTERM');
      await nodes.processes[renewed % 2]?.exit;
      await nodes.restart(renewed % 2);
      await pause(500);
    }
    const { answers, statuses, lost, refused } = await load;
    return { answers, wrong: answers - (statuses[200] ?? 0) + lost + refused, renewed };
  });

export async function stopping(stand: Stand): Promise<Line> {
  const stopped = await stop(stand);
  const renewed = await renew(stand);
  return {
    seen: `${stopped.wrong} of ${stopped.answers} answers lost, exit ${stopped.code} after ${ms(stopped.took)}, idle closed after ${ms(stopped.idleClosed)}; ${renewed.wrong} of ${renewed.answers} failed in ${renewed.renewed} renewals`,
    reached:
      stopped.wrong + renewed.wrong === 0 &&
      stopped.code === 0 &&
      stopped.took <= LIMITS.exit &&
      stopped.idleClosed <= LIMITS.idle,
  };
}
