// Kills two server processes and their PostgreSQL repeatedly, under a load of code exchanges and refreshes (T11). No token that a
// client received may be lost, and no write may be partial.
// `npx node bench/reliability/crash.ts [server kills] [PostgreSQL kills]` exits with 1 if there was a violation.
import { setTimeout as pause } from 'node:timers/promises';
import { digest } from '../../src/crypto/secrets.ts';
import { audit } from '../../test/support/audit-queries.ts';
import { SECRET_KEY } from '../../test/support/database.ts';
import { startNodes } from '../../test/support/nodes.ts';
import { startPostgres } from '../../test/support/postgres.ts';
import { recordLimit } from '../report/report.ts';
import { Gate, Ledger, runClient } from './crash-clients.ts';

const SERVER_KILLS = Number(process.argv[2] ?? 20);
const POSTGRES_KILLS = Number(process.argv[3] ?? 5);
const kills = SERVER_KILLS + POSTGRES_KILLS;
const CLIENTS = 12;
/** Milliseconds. */
const LIMIT = 30 * 60_000;
setTimeout(() => {
  console.error('Stopped: the time limit is exceeded.');
  process.exit(2);
}, LIMIT).unref();

const postgres = await startPostgres({ durable: true });
const nodes = await startNodes({ DATABASE_URL: postgres.url, SECRET_KEY, LOG_LEVEL: 'error' });
const [ledger, gate] = [new Ledger(), new Gate(CLIENTS)];
const clients = Array.from({ length: CLIENTS }, (_, index) => runClient(index, nodes, ledger, gate));
const errors: string[] = [];

const pauseBetween = (minimum: number, maximum: number): Promise<void> =>
  pause(minimum + Math.random() * (maximum - minimum));

async function killServer(node: number): Promise<void> {
  const victim = nodes.processes[node]!;
  victim.kill('SIGKILL');
  await victim.exit;
  errors.push(...victim.stderr.split('\n').filter((line) => line !== ''));
  // The other process runs alone for a while.
  await pauseBetween(100, 400);
  await nodes.restart(node);
}

/** The number of these tokens that are not active, by introspection on alternate nodes. */
async function lost(tokens: readonly string[]): Promise<number> {
  let inactive = 0;
  for (let from = 0; from < tokens.length; from += 20) {
    const batch = tokens.slice(from, from + 20);
    const responses = await Promise.all(
      batch.map((token, index) => nodes.post(from + index, '/oauth/introspect', { token })),
    );
    inactive += responses.filter(({ body }) => body.active !== true).length;
  }
  return inactive;
}

const table: Record<string, string | number>[] = [];
let checked = 0;

async function check(kill: string): Promise<void> {
  await gate.close();
  const [retried, violations] = [ledger.retried.length, ledger.violations.length];
  const access = ledger.access.slice(checked);
  checked = ledger.access.length;
  const findings = await audit(nodes.database);
  const [lostAccess, lostRefresh] = [await lost(access), await lost([...ledger.refresh])];
  table.push({ kill, 'access tokens': access.length, 'lost access': lostAccess, refresh: ledger.refresh.size });
  Object.assign(table.at(-1)!, { 'lost refresh': lostRefresh, retried, violations, findings: findings.length });
  ledger.violations.push(...findings);
  if (lostAccess + lostRefresh > 0)
    ledger.violations.push(`${kill}: lost ${lostAccess} access, ${lostRefresh} refresh`);
  console.log(`${table.length} of ${kills} kills, ${ledger.violations.length} violations`);
  gate.open();
}

for (let kill = 0, ofPostgres = 0; kill < kills; kill++) {
  await pauseBetween(300, 1200);
  const due = Math.floor(((kill + 1) * POSTGRES_KILLS) / kills);
  const isPostgres = due > ofPostgres;
  if (isPostgres) {
    ofPostgres++;
    await postgres.crash();
  } else await killServer((kill - ofPostgres) % nodes.processes.length);
  await pauseBetween(300, 600);
  await check(isPostgres ? 'PostgreSQL' : `server ${(kill - ofPostgres) % nodes.processes.length}`);
}

const allWaiting = gate.close();
await allWaiting;
gate.ended = true;
gate.open();
await Promise.all(clients);
const lostAtEnd = await lost(ledger.access);
if (lostAtEnd > 0) ledger.violations.push(`at the end: lost ${lostAtEnd} access tokens`);

/** Retried refreshes whose first try had taken effect, so that the retry got the same tokens again. */
let repeatedResponses = 0;
for (const { token, since } of ledger.retried) {
  const rows = await nodes.database
    .em()
    .execute('SELECT FROM refresh_tokens WHERE digest = ? AND used_at < ?', [digest(token), since]);
  repeatedResponses += rows.length;
}
const { codes, refreshes, lostExchanges, retried, longestRetry, violations } = ledger;
for (const { stderr } of nodes.processes) errors.push(...stderr.split('\n').filter((line) => line !== ''));
const exits = await nodes.stop();
await postgres.stop();
if (exits.some((code) => code !== 0)) violations.push(`Server exit codes: ${exits.join(', ')}`);
if (errors.length > 0) violations.push(`${errors.length} unexpected errors in the logs, such as ${errors[0]}`);

console.table(table);
console.log(
  JSON.stringify({
    serverKills: SERVER_KILLS,
    postgresKills: POSTGRES_KILLS,
    codes,
    refreshes,
    lostExchanges,
    retriedRefreshes: retried.length,
    repeatedResponses,
    longestRetryMs: Math.round(longestRetry),
    accessTokensChecked: ledger.access.length,
    lostAtEnd,
    violations: violations.length,
  }),
);
// T11 requires this many kills. A smaller run is not recorded.
if (SERVER_KILLS >= 50 && POSTGRES_KILLS >= 10)
  recordLimit('T11', {
    measured: `${SERVER_KILLS} + ${POSTGRES_KILLS} kills, ${codes} codes and ${refreshes} refreshes: ${ledger.access.length} access tokens checked at the end, ${lostAtEnd} lost; ${violations.length} violations`,
    met: violations.length === 0,
  });
for (const violation of violations.slice(0, 20)) console.error(violation);
process.exitCode = violations.length === 0 ? 0 : 1;
