// How calm the servers stay: `npx node bench/calm.ts start|stop|rolling|overload|soak [minutes]`, each over a PostgreSQL of its
// own. Ends with 1 where a goal was missed.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { SECRET_KEY } from '../test/support/database.ts';
import { type Nodes, startNodes } from '../test/support/nodes.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { startServerProcess } from '../test/support/process.ts';
import { makePool, type Pace, paced, type Tally } from './paced-load.ts';

/** Requests a second that a server of this size must bear (client_credentials). */
const RATE = 240;

interface Part {
  readonly says: string;
  readonly nodes: number;
  run(nodes: Nodes, url: string): Promise<{ readonly told: object; readonly wrong: readonly string[] }>;
}

const goal = (met: boolean, missed: string): string[] => (met ? [] : [missed]);

/** Least squares: collections of garbage make single samples jump. */
function slopeOf(samples: readonly { minute: number; rss: number }[]): number {
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(samples.map(({ minute }) => minute)), mean(samples.map(({ rss }) => rss))];
  const both = samples.map(({ minute, rss }) => (minute - x) * (rss - y));
  return mean(both) / mean(samples.map(({ minute }) => (minute - x) ** 2));
}

const tokens = (nodes: Nodes, pace: Pace): Promise<Tally> => {
  const pools = nodes.ports.map((port) => makePool(port, nodes.client, nodes.host));
  return paced(pace, (index) => pools[index % pools.length]!.token());
};

const PARTS: Record<string, Part> = {
  start: {
    says: 'five processes at once on an empty PostgreSQL, then one on a migrated one',
    nodes: 0,
    async run(_nodes, url) {
      const start = async () => {
        const begun = performance.now();
        const server = startServerProcess({ DATABASE_URL: url, SECRET_KEY });
        const [, address = ''] = await server.printed(/ready at (\S+)\n/);
        const { status } = await fetch(`${address}/readyz`);
        return { server, status, took: Math.round(performance.now() - begun) };
      };
      const five = await Promise.all(Array.from({ length: 5 }, start));
      for (const { server } of five) server.kill('SIGTERM');
      await Promise.all(five.map(({ server }) => server.exit));
      const one = await start();
      one.server.kill('SIGTERM');
      await one.server.exit;
      const slowest = Math.max(...five.map(({ took }) => took));
      return {
        told: { fiveAtOnceMs: slowest, migratedMs: one.took },
        wrong: [
          ...goal(
            five.every(({ status }) => status === 200),
            'not all five were ready',
          ),
          ...goal(slowest <= 10_000, 'five at once took longer than 10 s'),
          ...goal(one.took <= 3000, 'a migrated one took longer than 3 s'),
        ],
      };
    },
  },
  stop: {
    says: 'SIGTERM under 200 requests a second: no answer may be lost',
    nodes: 1,
    async run(nodes) {
      const load = tokens(nodes, { rate: 200, seconds: 4 });
      await pause(2000);
      const begun = performance.now();
      nodes.processes[0]?.kill('SIGTERM');
      const code = await nodes.processes[0]?.exit;
      const took = Math.round(performance.now() - begun);
      const { answers, lost, refused } = await load;
      return {
        told: { answers, lost, refusedAfterwards: refused, exit: code, tookMs: took },
        wrong: [...goal(lost === 0, 'answers were lost'), ...goal(code === 0 && took <= 10_000, 'it did not end well')],
      };
    },
  },
  rolling: {
    says: 'two processes renewed by turns for a minute, under 100 requests a second that go to the other one when refused',
    nodes: 2,
    async run(nodes) {
      const pools = nodes.ports.map((port) => makePool(port, nodes.client, nodes.host));
      const load = paced({ rate: 100, seconds: 60 }, async (index) => {
        const [first, second] = [pools[index % 2]!, pools[(index + 1) % 2]!];
        const answer = await first.token();
        // Nothing was sent: nobody was there.
        return answer === 'refused' ? second.token() : answer;
      });
      let renewed = 0;
      let over = false;
      void load.then(() => {
        over = true;
      });
      for (; !over; renewed++) {
        nodes.processes[renewed % 2]?.kill('SIGTERM');
        await nodes.processes[renewed % 2]?.exit;
        await nodes.restart(renewed % 2);
        await pause(500);
      }
      const { answers, lost, refused, statuses } = await load;
      const good = statuses[200] === answers;
      return {
        told: { answers, lost, refused, renewed },
        wrong: goal(good && lost + refused === 0, 'a request failed'),
      };
    },
  },
  overload: {
    says: `five times ${RATE} requests a second for a minute, then half of it`,
    nodes: 1,
    async run(nodes) {
      const over = await tokens(nodes, { rate: 5 * RATE, seconds: 60 });
      const after = await tokens(nodes, { rate: RATE / 2, seconds: 5 });
      const good = (over.statuses[200] ?? 0) / 60;
      return {
        told: { goodPerSecond: Math.round(good), statuses: over.statuses, p99: over.p99, afterwards: after },
        wrong: [
          ...goal(good >= 0.8 * RATE, 'too few good answers'),
          ...goal(
            Object.keys(over.statuses).every((status) => /^(200|429|503)$/.test(status)),
            'another status',
          ),
          ...goal(over.lost === 0 && after.statuses[200] === after.answers && after.p99 < 1000, 'no recovery'),
        ],
      };
    },
  },
  soak: {
    says: 'tokens at half rate for minutes: memory, descriptors and connections must stay as they are',
    nodes: 1,
    async run(nodes, url) {
      const minutes = Number(process.argv[3] ?? 8);
      const load = tokens(nodes, { rate: RATE / 2, seconds: minutes * 60 });
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const samples: { minute: number; rss: number; descriptors: number; connections: number }[] = [];
      const pid = nodes.processes[0]?.pid;
      for (let half = 1; half < minutes * 2; half++) {
        await pause(30_000);
        const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
        const sql = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'gatehouse'";
        const connections = (await client.query(sql)).rows[0].n;
        const descriptors = readdirSync(`/proc/${pid}/fd`).length;
        samples.push({ minute: half / 2, rss: Math.round(rss), descriptors, connections });
      }
      await client.end();
      const { answers, lost, statuses, p99 } = await load;
      console.table(samples);
      const [from, to] = [samples.find(({ minute }) => minute >= 2), samples.at(-1)];
      const slope = slopeOf(samples.filter(({ minute }) => minute >= 2));
      return {
        told: { answers, lost, statuses, p99, slopeMbPerMinute: slope.toFixed(2), rssMb: to?.rss },
        wrong: [
          ...goal(slope <= 1, 'memory grows'),
          ...goal((to?.descriptors ?? 0) <= (from?.descriptors ?? 0) + 10, 'descriptors grow'),
          ...goal((to?.connections ?? 0) <= 30, 'connections grow'),
          ...goal(statuses[200] === answers && lost === 0, 'a request failed'),
        ],
      };
    },
  },
};

const part = PARTS[process.argv[2] ?? ''];
if (!part) throw new Error(`Say which: ${Object.keys(PARTS).join(', ')}`);
const postgres = await startPostgres({ durable: true });
const nodes = await startNodes({ DATABASE_URL: postgres.url, SECRET_KEY, LOG_LEVEL: 'error' }, Math.max(1, part.nodes));
const { told, wrong } = await part.run(
  nodes,
  part.nodes === 0 ? postgres.url.replace(/postgres$/, 'template1') : postgres.url,
);
for (const process of nodes.processes) process.kill('SIGKILL');
await nodes.database.close();
await postgres.stop();
console.log(`${part.says}: ${JSON.stringify(told)}`);
for (const missed of wrong) console.error(`Missed: ${missed}`);
process.exit(wrong.length === 0 ? 0 : 1);
