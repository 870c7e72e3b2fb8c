// Injects faults into PostgreSQL and the clock, one after the other, under one server process (T12). During a fault the server
// must respond with 503 in time; afterwards it must recover without a restart. `npx node bench/reliability/faults.ts` exits with 1 if not.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SECRET_KEY } from '../../test/support/database.ts';
import { FAULTS, type Fault } from '../../test/support/database-faults.ts';
import { type Outcome, runFault } from '../../test/support/fault-run.ts';
import { anyToken, type Site, session } from '../../test/support/fault-site.ts';
import { startNodes } from '../../test/support/nodes.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { recordLimit } from '../report/report.ts';

/** Megabytes of the disk for the write-ahead log. */
const DISK = 64;
const MINUTES_OFF = 5;

/** Mounts a disk small enough to fill. Undefined if this user may not mount. */
function smallDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-wal-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}m`, 'tmpfs', directory], { stdio: 'ignore' });
    return directory;
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
}

const diskFull = (disk: string): Fault => ({
  name: 'the disk of the write-ahead log is full',
  within: 1000,
  async inject(site) {
    const filler = join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, Buffer.alloc(bavail * bsize));
    // PostgreSQL first uses the space it has reserved for the log. Then it stops, and it starts again only when it can write.
    const operator = await session(site);
    const write = () => operator.query("SELECT pg_logical_emit_message(false, 'filler', repeat('x', 500000), true)");
    for (let written = true; written; )
      written = await write().then(
        () => true,
        () => false,
      );
    return {
      async repair() {
        rmSync(filler);
        await site.postgres.kill();
        await site.postgres.start();
      },
    };
  },
});

/** Replaces the clock of the process. Each SIGUSR2 takes the next step: fast, correct, slow, correct. */
const CLOCK = `
  const [right, off] = [Date, ${MINUTES_OFF * 60_000}];
  let [step, by] = [0, 0];
  process.on('SIGUSR2', () => { by = [off, 0, -off, 0][step++ % 4]; });
  globalThis.Date = class extends right {
    constructor(...all) { if (all.length === 0) super(right.now() + by); else super(...all); }
    static now() { return right.now() + by; }
  };`;

async function clockOff({ nodes }: Site, direction: string): Promise<Outcome> {
  const ready = async () => (await nodes.request(0, '/readyz')).status;
  const step = async (status: number) => {
    const begun = performance.now();
    nodes.processes[0]?.kill('SIGUSR2');
    while ((await ready()) !== status && performance.now() - begun < 5000) await pause(10);
    return Math.round(performance.now() - begun);
  };
  const slowest = await step(503);
  const wrong = slowest > 1000 ? [`still ready after ${slowest} ms`] : [];
  // Tokens are issued and checked with the same clock, so issuing still works.
  const token = await anyToken({ nodes } as Site);
  if (token.status !== 200) wrong.push(`no token: ${token.status}`);
  const recovered = await step(200);
  if (recovered > 2000) wrong.push(`not ready after ${recovered} ms`);
  return {
    fault: `the clock is ${MINUTES_OFF} minutes ${direction}`,
    statuses: '503 at /readyz',
    slowest,
    recovered,
    wrong,
  };
}

const disk = smallDisk();
if (disk !== undefined) mkdirSync(join(disk, 'wal'));
const settings = ['max_connections=30', 'max_wal_size=16MB', 'min_wal_size=2MB'];
const postgres = await startPostgres({
  durable: true,
  settings,
  ...(disk !== undefined && { waldir: join(disk, 'wal') }),
});
const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CLOCK)}` };
const nodes = await startNodes({ DATABASE_URL: postgres.url, SECRET_KEY, LOG_LEVEL: 'error', ...env }, 1);
const site = { postgres, nodes };

const outcomes: Outcome[] = [];
for (const fault of FAULTS) outcomes.push(await runFault(site, fault));
if (disk !== undefined) outcomes.push(await runFault(site, diskFull(disk)));
else console.log('Skipped the full disk: this user may not mount one.');
outcomes.push(await clockOff(site, 'fast'), await clockOff(site, 'slow'));

const codes = await nodes.stop();
await postgres.stop();
if (disk !== undefined) {
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
}
console.table(outcomes.map(({ wrong, ...outcome }) => ({ ...outcome, wrong: wrong.join('; ') })));
const handled = outcomes.filter(({ wrong }) => wrong.length === 0).length;
const measured = `${handled} of ${outcomes.length} faults handled within the limits; server exit code ${codes.join(', ')}`;
console.log(measured);
const met = handled === outcomes.length && codes.every((code) => code === 0);
recordLimit('T12', { measured, met });
process.exitCode = met ? 0 : 1;
