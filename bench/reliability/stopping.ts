import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Nodes } from '../../test/support/nodes.ts';
import { drive, type Measured } from '../load/drive.ts';
import { clientCredentials } from '../load/oauth-workloads.ts';
import { ms } from '../report/format.ts';
import type { LimitResult, Setup } from './limits.ts';
import { withNodes } from './nodes.ts';

/** Milliseconds until the process exits, and until it closes an idle connection. */
const LIMITS = { exit: 10_000, idle: 2000 };

const CONNECTIONS = 32;

const tokenRequests = ({ client, host }: Nodes) => clientCredentials({ path: '/oauth/token', ...client, host });

const counts = ({ responses }: Measured, failed: number) => ({ requests: responses + failed, failed });

/** Sends SIGTERM under load. No response may be lost. */
const stop = ({ postgres }: Setup) =>
  withNodes(postgres, 'T13', 1, async (nodes) => {
    const load = drive(nodes.ports, tokenRequests(nodes), { rate: 200, seconds: 4, connections: CONNECTIONS });
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
    const measured = await load;
    // After the process has exited, connections are refused. These requests are not lost responses.
    const failed = measured.failed - measured.refused;
    return { ...counts(measured, failed), code, took: took ?? 0, idleClosed };
  });

/** Restarts two processes alternately under load. A request whose connection is refused goes to the other process. */
const restart = ({ postgres, seconds }: Setup) =>
  withNodes(postgres, 'T13_restarts', 2, async (nodes) => {
    const load = drive(nodes.ports, tokenRequests(nodes), {
      rate: 100,
      seconds: 3 * seconds,
      connections: CONNECTIONS,
    });
    let [restarted, ended] = [0, false];
    void load.then(() => {
      ended = true;
    });
    for (; !ended; restarted++) {
      nodes.processes[restarted % 2]?.kill('SIGTERM');
      await nodes.processes[restarted % 2]?.exit;
      await nodes.restart(restarted % 2);
      await pause(500);
    }
    const measured = await load;
    return { ...counts(measured, measured.failed), restarted };
  });

export async function stopping(setup: Setup): Promise<LimitResult> {
  const stopped = await stop(setup);
  const restarted = await restart(setup);
  return {
    measured: `${stopped.failed} of ${stopped.requests} responses lost, exit code ${stopped.code} after ${ms(stopped.took)}, idle connection closed after ${ms(stopped.idleClosed)}; ${restarted.failed} of ${restarted.requests} failed in ${restarted.restarted} restarts`,
    met:
      stopped.failed + restarted.failed === 0 &&
      stopped.code === 0 &&
      stopped.took <= LIMITS.exit &&
      stopped.idleClosed <= LIMITS.idle,
  };
}
