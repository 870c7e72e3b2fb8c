// Kills PostgreSQL twenty times while fifty mutations are in flight on two nodes. Both nodes must serve again without a restart,
// and no acknowledged change may be lost. `npx node bench/reliability/recovery.ts` exits with 1 if not.
import { setTimeout as pause } from 'node:timers/promises';
import { SECRET_KEY } from '../../test/support/database.ts';
import { registerTestUser } from '../../test/support/fixtures.ts';
import { startNodes } from '../../test/support/nodes.ts';
import { startPostgres } from '../../test/support/postgres.ts';

const ROUNDS = 20;
const IN_FLIGHT = 50;
const NODES = 2;
/** Milliseconds. */
const UNDER_LOAD = 500;
const LIMIT = 2000;

const postgres = await startPostgres({ durable: true });
const nodes = await startNodes({ DATABASE_URL: postgres.url, SECRET_KEY, LOG_LEVEL: 'fatal' }, NODES);
const { username, password } = await registerTestUser(nodes.database, { superuser: true });
const signIn = await nodes.post(0, '/oauth/token', {
  grant_type: 'password',
  username,
  password,
  scope: 'groups write',
});
const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${signIn.body.access_token}` };

const acknowledged: string[] = [];
const statuses = new Map<string, number>();
let requests = 0;
let running = true;

async function createGroups(): Promise<void> {
  while (running) {
    const name = `group-${requests++}`;
    const query = `mutation { createGroup(input: { name: "${name}" }) { errors { code } } }`;
    const response = await nodes
      .request(requests, '/graphql', { method: 'POST', headers, body: JSON.stringify({ query }) })
      .catch(() => undefined);
    const status = String(response?.status ?? 'connection lost');
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (response?.status === 200) acknowledged.push(name);
    else await pause(100);
  }
}

/** Milliseconds until the node is ready and issues a token. */
async function recovery(node: number, since: number): Promise<number> {
  for (;;) {
    const ready = await nodes.request(node, '/readyz');
    const issued = await nodes.post(node, '/oauth/token', { grant_type: 'client_credentials' });
    if (ready.status === 200 && issued.status === 200) return performance.now() - since;
    if (performance.now() - since > 30_000) return Number.POSITIVE_INFINITY;
    await pause(20);
  }
}

const workers = Array.from({ length: IN_FLIGHT }, createGroups);
const recoveries: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  await pause(UNDER_LOAD);
  await postgres.kill();
  await postgres.start();
  const since = performance.now();
  recoveries.push(...(await Promise.all(Array.from({ length: NODES }, (_, node) => recovery(node, since)))));
}
running = false;
await Promise.all(workers);

const rows = await nodes.database.em().execute<{ name: string }[]>('SELECT name FROM groups');
const stored = new Set(rows.map(({ name }) => name));
const lost = acknowledged.filter((name) => !stored.has(name)).length;
recoveries.sort((one, other) => one - other);
const [median, longest] = [recoveries[recoveries.length >> 1] ?? 0, recoveries.at(-1) ?? 0].map(Math.round);
const exits = await nodes.stop();
await postgres.stop();
console.log({ rounds: ROUNDS, acknowledged: acknowledged.length, lost, statuses, median, longest, exits });
process.exitCode = lost === 0 && (longest ?? 0) <= LIMIT && exits.every((code) => code === 0) ? 0 : 1;
