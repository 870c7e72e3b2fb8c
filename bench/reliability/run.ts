// Measures the limits of docs/reliability.md that one server can show, on a PostgreSQL that waits for the disk, and writes the page.
// `npm run bench:reliability -- [T1 T3 …] [--seconds 60] [--minutes 8]`. A shorter run writes nothing. Exits with 1 if a limit is
// not met.
import { parseArgs } from 'node:util';
import { startBenchPostgres } from '../peers/postgres.ts';
import { recordLimit } from '../report/report.ts';
import { LIMITS, type LimitId, type LimitResult, type Setup } from './limits.ts';
import { memory } from './memory.ts';
import { overload } from './overload.ts';
import { soak } from './soak.ts';
import { starting } from './starting.ts';
import { signIns, steady } from './steady.ts';
import { stopping } from './stopping.ts';
import { timing } from './timing.ts';

const FULL = { seconds: 60, minutes: 8 };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, minutes: { type: 'string' } },
});
const seconds = Number(values.seconds ?? FULL.seconds);
const minutes = Number(values.minutes ?? FULL.minutes);
const isFull = seconds >= FULL.seconds && minutes >= FULL.minutes;

const MEASUREMENTS: { readonly [id in LimitId]?: (setup: Setup) => Promise<LimitResult> } = {
  T1: steady('T1'),
  T2: steady('T2'),
  T3: steady('T3'),
  T4: signIns,
  T5: steady('T5'),
  T6: steady('T6'),
  T7: overload,
  T8: soak,
  T13: stopping,
  T14: starting,
  T16: timing,
  T17: memory,
};

const wanted = (positionals.length > 0 ? positionals : Object.keys(MEASUREMENTS)) as LimitId[];
const unknown = wanted.filter((id) => !MEASUREMENTS[id]);
if (unknown.length > 0)
  throw new Error(`Not measured here: ${unknown.join(', ')}. There are ${Object.keys(MEASUREMENTS).join(', ')}.`);

const postgres = await startBenchPostgres();
let allMet = true;
try {
  for (const id of wanted) {
    const result = await MEASUREMENTS[id]?.({ postgres, seconds, minutes });
    if (!result) continue;
    const { measured, met } = result;
    console.log({ id, limit: LIMITS[id][1], measured, met });
    allMet &&= met;
    if (isFull) recordLimit(id, result);
  }
} finally {
  await postgres.stop();
}
process.exitCode = allMet ? 0 : 1;
