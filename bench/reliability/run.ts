// Whether the server bears what it must, each on a PostgreSQL that waits for the disk; writes docs/reliability.md.
// `npx node bench/reliability/run.ts [T1 T3 …] [--seconds 60] [--minutes 8]`: shorter is a look, and writes nothing. Ends with 1 where a
// target was missed.
import { parseArgs } from 'node:util';
import { startBenchPostgres } from '../peers/postgres.ts';
import { record, row } from '../report/reliability-page.ts';
import type { Id, Line, Stand } from './limits.ts';
import { memory } from './memory.ts';
import { overload } from './overload.ts';
import { soak } from './soak.ts';
import { starting } from './starting.ts';
import { signIns, steady } from './steady.ts';
import { stopping } from './stopping.ts';
import { timing } from './timing.ts';

const LONG = { seconds: 60, minutes: 8 };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, minutes: { type: 'string' } },
});
const seconds = Number(values.seconds ?? LONG.seconds);
const minutes = Number(values.minutes ?? LONG.minutes);
const isLook = seconds < LONG.seconds || minutes < LONG.minutes;

const TARGETS: { readonly [id in Id]?: (stand: Stand) => Promise<Line> } = {
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

const wanted = (positionals.length > 0 ? positionals : Object.keys(TARGETS)) as Id[];
const strangers = wanted.filter((id) => !TARGETS[id]);
if (strangers.length > 0)
  throw new Error(`Not here: ${strangers.join(', ')}. There are ${Object.keys(TARGETS).join(', ')}`);

const administration = await startBenchPostgres();
const lines: { [id in Id]?: Line } = {};
try {
  for (const id of wanted) {
    const line = await TARGETS[id]?.({ administration, seconds, minutes });
    if (!line) continue;
    lines[id] = line;
    console.log(row(id, line));
    if (!isLook) record(id, line);
  }
} finally {
  await administration.stop();
}
process.exitCode = Object.values(lines).every(({ reached }) => reached) ? 0 : 1;
