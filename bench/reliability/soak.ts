import { setTimeout as pause } from 'node:timers/promises';
import { ms } from '../report/format.ts';
import type { LimitResult, Setup } from './limits.ts';
import { type ProbedServer, send, withProbedServer, workloadFor } from './probed-server.ts';
import { DURING_SIGN_INS, EVENT_LOOP_DELAY, RATES, SIGN_INS } from './steady.ts';

/** Share of the time in which caches fill and code is compiled. */
const WARM_UP = 0.25;
/** Milliseconds between two samples. */
const SAMPLE_INTERVAL = 10_000;
/** `memory`: megabytes a minute. `heap`: a share of its size. */
const GROWTH_LIMITS = { memory: 1, heap: 0.05 };

interface Sample {
  readonly minute: number;
  readonly memory: number;
  readonly reserved: number;
  readonly descriptors: number;
  readonly connections: number;
}

/** Least squares, because garbage collection makes single samples jump. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map(({ memory }) => memory))];
  const both = samples.map(({ minute, memory }) => (minute - x) * (memory - y));
  return mean(both) / mean(samples.map(({ minute }) => (minute - x) ** 2));
}

async function sample(probed: ProbedServer, begun: number): Promise<Sample> {
  return {
    minute: (performance.now() - begun) / 60_000,
    memory: probed.memory().now,
    reserved: await probed.reserved(),
    descriptors: probed.descriptors(),
    connections: await probed.connections(),
  };
}

/** All required loads at once, at half their rates, for minutes. No resource may grow. */
export const soak = ({ postgres, minutes }: Setup): Promise<LimitResult> =>
  withProbedServer(postgres, 'T8', async (probed) => {
    const seconds = minutes * 60;
    const workloads = [];
    for (const { operation, rate, connections } of [...Object.values(RATES), SIGN_INS, DURING_SIGN_INS])
      workloads.push({ workload: await workloadFor(probed, operation, connections), rate: rate / 2, connections });
    const begun = performance.now();
    const until = (share: number) => pause(Math.max(0, begun + share * seconds * 1000 - performance.now()));
    const load = Promise.all(workloads.map(({ workload, ...load }) => send(probed, workload, { ...load, seconds })));
    await until(WARM_UP);
    const heapBefore = await probed.heap();
    await probed.lag();
    const samples: Sample[] = [];
    while (performance.now() - begun + SAMPLE_INTERVAL < seconds * 1000) {
      await pause(SAMPLE_INTERVAL);
      samples.push(await sample(probed, begun));
    }
    const lag = await probed.lag();
    const heap = await probed.heap();
    const results = await load;

    console.table(samples);
    const slope = slopeOf(samples);
    const span = (key: 'descriptors' | 'connections') => {
      const values = samples.map((one) => one[key]);
      return {
        text: `${Math.min(...values)} to ${Math.max(...values)}`,
        growth: (values.at(-1) ?? 0) - (values[0] ?? 0),
      };
    };
    const [descriptors, connections] = [span('descriptors'), span('connections')];
    const change = heap / heapBefore - 1;
    const failed = results.reduce((sum, result) => sum + result.failed, 0);
    const perSecond = results.reduce((sum, result) => sum + result.perSecond, 0);
    return {
      measured: `${minutes} minutes at ${perSecond.toFixed(0)} operations a second, ${failed} failed; memory ${slope < 0 ? '−' : '+'}${Math.abs(slope).toFixed(2)} MB/min (${samples.at(-1)?.memory.toFixed(0)} MB), heap ${change < 0 ? '−' : '+'}${Math.abs(100 * change).toFixed(1)} % (${heap.toFixed(0)} MB), descriptors ${descriptors.text}, connections ${connections.text}, event loop delay ${ms(lag.p99)}; 5xx: ${probed.tally.serverErrors}`,
      met:
        failed === 0 &&
        slope <= GROWTH_LIMITS.memory &&
        Math.abs(change) <= GROWTH_LIMITS.heap &&
        descriptors.growth <= 2 &&
        connections.growth <= 2 &&
        lag.p99 <= EVENT_LOOP_DELAY,
      ...probed.tally,
    };
  });
