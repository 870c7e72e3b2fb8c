import { setTimeout as pause } from 'node:timers/promises';
import { ms } from '../report/reliability-page.ts';
import type { Line, Stand } from './limits.ts';
import { atSite, offer, prepare, type Site } from './probed-server.ts';
import { BESIDE, LAG, RATES, SIGN_INS } from './steady.ts';

/** Of the whole time: until then caches fill and code is compiled. */
const WARM = 0.25;
/** Milliseconds between two samples. */
const EVERY = 10_000;
/** Megabytes a minute; a share of the heap. */
const MAY_GROW = { memory: 1, heap: 0.05 };

interface Sample {
  readonly minute: number;
  readonly memory: number;
  readonly held: number;
  readonly descriptors: number;
  readonly connections: number;
}

/** Least squares: collections of garbage make single samples jump. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map(({ memory }) => memory))];
  const both = samples.map(({ minute, memory }) => (minute - x) * (memory - y));
  return mean(both) / mean(samples.map(({ minute }) => (minute - x) ** 2));
}

async function sample(site: Site, begun: number): Promise<Sample> {
  return {
    minute: (performance.now() - begun) / 60_000,
    memory: site.memory().now,
    held: await site.held(),
    descriptors: site.descriptors(),
    connections: await site.connections(),
  };
}

/** Everything that it must bear at once, at half the rates, for minutes: nothing may pile up. */
export const soak = ({ administration, minutes }: Stand): Promise<Line> =>
  atSite(administration, 'T8', async (site) => {
    const seconds = minutes * 60;
    const loads = [];
    for (const { kind, rate, connections } of [...Object.values(RATES), SIGN_INS, BESIDE])
      loads.push({ work: await prepare(site, kind, connections), rate: rate / 2, connections });
    const begun = performance.now();
    const until = (share: number) => pause(Math.max(0, begun + share * seconds * 1000 - performance.now()));
    const load = Promise.all(loads.map(({ work, ...pressure }) => offer(site, work, { ...pressure, seconds })));
    await until(WARM);
    const heapBefore = await site.heap();
    await site.lag();
    const samples: Sample[] = [];
    while (performance.now() - begun + EVERY < seconds * 1000) {
      await pause(EVERY);
      samples.push(await sample(site, begun));
    }
    const lag = await site.lag();
    const heap = await site.heap();
    const parts = await load;

    console.table(samples);
    const slope = slopeOf(samples);
    const span = (key: 'descriptors' | 'connections') => {
      const values = samples.map((one) => one[key]);
      return {
        text: `${Math.min(...values)} to ${Math.max(...values)}`,
        grown: (values.at(-1) ?? 0) - (values[0] ?? 0),
      };
    };
    const [descriptors, connections] = [span('descriptors'), span('connections')];
    const change = heap / heapBefore - 1;
    const failed = parts.reduce((sum, part) => sum + part.failed, 0);
    const perSecond = parts.reduce((sum, part) => sum + part.perSecond, 0);
    return {
      seen: `${minutes} minutes of ${perSecond.toFixed(0)} pieces of work a second, ${failed} failed; memory ${slope < 0 ? '−' : '+'}${Math.abs(slope).toFixed(2)} MB/min (${samples.at(-1)?.memory.toFixed(0)} MB), heap ${change < 0 ? '−' : '+'}${Math.abs(100 * change).toFixed(1)} % (${heap.toFixed(0)} MB), descriptors ${descriptors.text}, connections ${connections.text}, event loop late by ${ms(lag.p99)}; 5xx: ${site.tally.serverErrors}`,
      reached:
        failed === 0 &&
        slope <= MAY_GROW.memory &&
        Math.abs(change) <= MAY_GROW.heap &&
        descriptors.grown <= 2 &&
        connections.grown <= 2 &&
        lag.p99 <= LAG,
      ...site.tally,
    };
  });
