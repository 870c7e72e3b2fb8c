// Measures refreshes on two server processes while expired rows are deleted, alternately with periods without deletion, and
// compares their p99 (T15). Then one process issues tokens at full speed and must delete rows faster than it creates them.
// `npx node bench/reliability/sweep.ts [rows] [refreshes a second]` exits with 1 if the limit is not met.
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../../src/config.ts';
import { statement } from '../../src/store/connection/sql.ts';
import { countExpired, retentionOf, SWEEP_LOCK, sweep } from '../../src/store/sweep.ts';
import { SECRET_KEY } from '../../test/support/database.ts';
import { startNodes } from '../../test/support/nodes.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { exchange, refreshing } from '../../test/support/token-forms.ts';
import { drive } from '../load/drive.ts';
import { clientCredentials } from '../load/oauth-workloads.ts';
import { recordLimit } from '../report/report.ts';
import { makeExpiredRows } from './expired-rows.ts';

/** What T15 requires. A smaller run is not recorded. */
const REQUIRED = { rows: 1_000_000, rate: 300 };
const ROWS = Number(process.argv[2] ?? REQUIRED.rows);
const RATE = Number(process.argv[3] ?? REQUIRED.rate);
const FAMILIES = 20;
/** Milliseconds of a period. It holds a lock in an idle transaction, which the server ends after ten seconds. */
const PERIOD = 2000;
const REVOKE_EVERY = 50;
/** `ratio`: times the p99 without deletion. `revoke`: milliseconds for a revocation of a row that is being deleted. */
const LIMITS = { ratio: 1.5, revoke: 100 };
/** An authorization and its access token. */
const ROWS_OF_A_TOKEN = 2;
/** Seconds: one step of the load, and all of them together. */
const FULL_SPEED = { step: 3, total: 120 };
setTimeout(() => {
  console.error('Stopped: the time limit is exceeded.');
  process.exit(2);
}, 20 * 60_000).unref();

const postgres = await startPostgres({
  durable: true,
  settings: ['shared_preload_libraries=pg_stat_statements'],
});
const env = { DATABASE_URL: postgres.url, SECRET_KEY };
const nodes = await startNodes(env);
const { database } = nodes;
const retention = retentionOf(loadConfig(env));
await database.em().execute('CREATE EXTENSION pg_stat_statements');
const started = performance.now();
const expired = await makeExpiredRows(database, nodes.client.clientId, ROWS);
console.log(`${ROWS} expired rows created in ${((performance.now() - started) / 1000).toFixed(0)} s`);

type Period = 'neither' | 'withoutSweep' | 'sweeping';
let period: Period = 'neither';
let ended = false;
let failures = 0;
const times: Record<string, Record<Period, number[]>> = {
  refresh: { neither: [], withoutSweep: [], sweeping: [] },
  revoke: { neither: [], withoutSweep: [], sweeping: [] },
};

/** One request, counted only if it began and ended in the same period. */
async function timed(kind: 'refresh' | 'revoke', node: number, form: Record<string, string>) {
  const [then, begun] = [period, performance.now()];
  const response = await nodes.post(node, kind === 'refresh' ? '/oauth/token' : '/oauth/revoke', form);
  if (response.status !== 200) failures++;
  if (period === then) times[kind]![then].push(performance.now() - begun);
  return response;
}

async function family(index: number): Promise<void> {
  const every = (FAMILIES / RATE) * 1000;
  let { refresh_token: token } = (await nodes.post(index, '/oauth/token', exchange(await nodes.newCode()))).body;
  let due = performance.now() + (every * index) / FAMILIES;
  while (!ended && token !== undefined) {
    await pause(Math.max(0, due - performance.now()));
    due += every;
    ({ refresh_token: token } = (await timed('refresh', index, refreshing(token))).body);
  }
}

async function revocations(): Promise<void> {
  for (const [index, token] of expired.entries()) {
    if (ended) return;
    await timed('revoke', index, { token });
    await pause(REVOKE_EVERY);
  }
}

const lock = statement<never>('hold-sweep-lock', `SELECT pg_advisory_xact_lock(${SWEEP_LOCK})`);

/** Holds the lock for a period, so that no process deletes expired rows. */
const withoutSweep = (): Promise<void> =>
  database.em().transactional(async (tx) => {
    await tx.execute(lock.text);
    period = 'withoutSweep';
    await pause(PERIOD);
    period = 'neither';
  });

let sweeping = 0;
async function sweepForAPeriod(): Promise<void> {
  const ended = AbortSignal.timeout(PERIOD);
  const begun = performance.now();
  period = 'sweeping';
  while (!ended.aborted && (await remaining()) > 0) {
    await sweep(database.sql, new Date(), retention, ended);
  }
  period = 'neither';
  sweeping += performance.now() - begun;
}

const remaining = async (): Promise<number> =>
  Object.values(await countExpired(database.sql, new Date(), retention)).reduce((sum, count) => sum + count, 0);

const load = [...Array.from({ length: FAMILIES }, (_, index) => family(index)), revocations()];
await pause(PERIOD);
const before = await remaining();
while ((await remaining()) > before / 2) {
  await withoutSweep();
  await sweepForAPeriod();
}
await withoutSweep();
ended = true;
await Promise.all(load);
const swept = before - (await remaining());

/** Counts only the steps in which rows were deleted and some remained at the end. */
async function issueWhileSweeping(): Promise<{ issued: number; swept: number; failed: number }> {
  nodes.processes[1]!.kill('SIGTERM');
  await nodes.processes[1]!.exit;
  const workload = clientCredentials({ path: '/oauth/token', ...nodes.client, host: nodes.host });
  const total = { seconds: 0, issued: 0, swept: 0, failed: 0 };
  for (let tries = FULL_SPEED.total / FULL_SPEED.step; tries > 0; tries--) {
    const then = [performance.now(), await remaining()] as const;
    const load = { connections: 32, seconds: FULL_SPEED.step };
    const { responses, failed } = await drive(nodes.ports.slice(0, 1), workload, load);
    total.failed += failed;
    const rest = await remaining();
    if (rest === 0) break;
    if (rest === then[1]) continue;
    total.seconds += (performance.now() - then[0]) / 1000;
    total.issued += responses;
    total.swept += then[1] - rest;
  }
  const perSecond = (count: number) => Math.round(count / total.seconds);
  return { issued: ROWS_OF_A_TOKEN * perSecond(total.issued), swept: perSecond(total.swept), failed: total.failed };
}
const fullSpeed = await issueWhileSweeping();
/** The longest batch, which a revocation may have to wait for, by PostgreSQL's own clock: response times include other waits. */
const [{ longest } = { longest: 0 }] = await database
  .em()
  .execute<{ longest: number }[]>(
    "SELECT max(max_exec_time) AS longest FROM pg_stat_statements WHERE query LIKE '%pg_try_advisory_xact_lock%'",
  );
const stderr = nodes.processes.map((process) => process.stderr).join('');
await nodes.stop();
await postgres.stop();

function quantile(sample: number[], q: number): number {
  const sorted = sample.toSorted((one, other) => one - other);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0).toFixed(1));
}

const table = Object.entries(times).flatMap(([kind, byPeriod]) =>
  (['withoutSweep', 'sweeping'] as const).map((name) => {
    const sample = byPeriod[name];
    const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((q) => quantile(sample, q));
    return { kind, period: name, requests: sample.length, p50, p95, p99, max };
  }),
);
console.table(table);
const ratio = table[1]!.p99! / table[0]!.p99!;
const result = {
  sweptPerSecond: Math.round((swept / sweeping) * 1000),
  p99Ratio: Number(ratio.toFixed(2)),
  slowestRevoke: table[3]!.max!,
  longestBatch: Math.round(Number(longest)),
  failures: failures + fullSpeed.failed,
  atFullSpeed: { rowsIssuedPerSecond: fullSpeed.issued, rowsSweptPerSecond: fullSpeed.swept },
};
console.log(JSON.stringify(result));
if (stderr !== '') console.error(stderr.slice(0, 2000));
const met =
  ratio <= LIMITS.ratio &&
  result.slowestRevoke <= LIMITS.revoke &&
  result.failures === 0 &&
  fullSpeed.swept > fullSpeed.issued &&
  stderr === '';
if (ROWS >= REQUIRED.rows && RATE >= REQUIRED.rate)
  recordLimit('T15', {
    measured: `${result.sweptPerSecond} rows/s deleted during ${RATE} refreshes/s: p99 ${table[1]!.p99} ms, ${table[0]!.p99} ms without (${result.p99Ratio} ×); slowest revocation of such a row ${result.slowestRevoke} ms (${table[2]!.max} ms without), longest batch ${result.longestBatch} ms; at full speed one process issues ${fullSpeed.issued} rows/s and deletes ${fullSpeed.swept}; ${result.failures} failed`,
    met,
  });
process.exitCode = met ? 0 : 1;
