// Two server processes on one PostgreSQL: a hundred codes and a hundred refresh tokens, each used fifty times at once (T10).
// `npx node bench/reliability/race.ts [rounds]` exits with 1 if any outcome is not the expected one.
import { setTimeout as pause } from 'node:timers/promises';
import { audit } from '../../test/support/audit-queries.ts';
import { SECRET_KEY } from '../../test/support/database.ts';
import { startNodes } from '../../test/support/nodes.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { type Family, raceForCode, raceForRefresh, raceReplays } from '../../test/support/races.ts';
import { recordLimit } from '../report/report.ts';

/** What T10 requires. A smaller run is not recorded. */
const ROUNDS = 100;
const rounds = Number(process.argv[2] ?? ROUNDS);
const GRACE = 10;

const postgres = await startPostgres();
// At `warn` the server would log each replay.
const env = { SECRET_KEY, LOG_LEVEL: 'error', REFRESH_GRACE: String(GRACE) };
const nodes = await startNodes({ DATABASE_URL: postgres.url, ...env });
const violations: string[] = [];

async function timed(name: string, run: (round: number) => Promise<string[]>): Promise<void> {
  const before = violations.length;
  const started = performance.now();
  for (let round = 0; round < rounds; round++) violations.push(...(await run(round)));
  const took = (performance.now() - started) / 1000;
  console.log(`${name}: ${rounds} rounds in ${took.toFixed(1)} s, ${violations.length - before} violations`);
}

const families: Family[] = [];
await timed('one code, 50 exchanges', () => raceForCode(nodes));
await timed('one refresh token, 50 uses', async () => {
  const { found, family } = await raceForRefresh(nodes);
  families.push(family);
  return found;
});
await pause((GRACE + 1) * 1000);
await timed('a replay after the grace period, 50 times', (round) => raceReplays(nodes, families[round]!));

const found = await audit(nodes.database);
console.log(`audit: ${found.length} findings`);
violations.push(...found, ...nodes.processes.flatMap(({ stderr }) => (stderr === '' ? [] : [stderr])));
const codes = await nodes.stop();
if (codes.some((code) => code !== 0)) violations.push(`Server exit codes: ${codes.join(', ')}`);
await postgres.stop();
for (const violation of violations.slice(0, 20)) console.error(violation);
if (rounds >= ROUNDS)
  recordLimit('T10', {
    measured: `${rounds} codes and ${rounds} refresh tokens, 50 uses of each, and 50 replays after the grace period: ${violations.length} violations`,
    met: violations.length === 0,
  });
process.exitCode = violations.length === 0 ? 0 : 1;
