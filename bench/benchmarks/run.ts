// Measures Gatehouse against baselines and peers on one PostgreSQL, and writes docs/performance.md.
// `npm run bench` runs every benchmark. Options:
//   --quick                            a short run that writes nothing
//   --only refresh,code                only these benchmarks; the page keeps the results of the others
//   --servers gatehouse,oidcProvider   only these servers
//   --tokens 1000000                   size of the large table in the growth benchmark (default 10 million)
import { parseArgs } from 'node:util';
import { type Catalog, openCatalog } from '../peers/catalog.ts';
import { type Operation, residentMemory } from '../peers/measured-server.ts';
import { startBenchPostgres } from '../peers/postgres.ts';
import type { PerformanceFindings } from '../report/findings.ts';
import { recordBenchmark } from '../report/report.ts';
import { measureEmbedded } from './embedded.ts';
import { measureGrowth } from './growth.ts';
import { OPERATIONS_WITH_SHARED_STATEMENTS, SERVERS_BY_OPERATION } from './operations.ts';
import { measurePassword } from './password.ts';
import { measureInRounds, type Plan, type Result } from './rounds.ts';
import { measureStart } from './start.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    servers: { type: 'string' },
    tokens: { type: 'string' },
  },
});
const { quick } = options;
const plan: Plan = { rounds: quick ? 1 : 5, seconds: quick ? 1 : 2.5, warmUp: quick ? 0.5 : 2, connections: 32 };
const shortPlan: Plan = { ...plan, rounds: quick ? 1 : 3 };
const MANY_TOKENS = Number(options.tokens ?? (quick ? 100_000 : 10_000_000));

type Benchmark = (catalog: Catalog) => Promise<PerformanceFindings>;

const throughput =
  (operation: Operation): Benchmark =>
  async (catalog) => {
    const servers = await catalog.servers(SERVERS_BY_OPERATION[operation] ?? []);
    const results = await measureInRounds(operation, servers, catalog.postgres, plan);
    return { throughput: { [operation]: results } };
  };

async function sharing(catalog: Catalog): Promise<PerformanceFindings> {
  const servers = await catalog.servers(['gatehouse', 'gatehouseUnshared']);
  const results: { [operation in Operation]?: readonly Result[] } = {};
  for (const operation of OPERATIONS_WITH_SHARED_STATEMENTS)
    results[operation] = await measureInRounds(operation, servers, catalog.postgres, shortPlan);
  return { sharing: results };
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  client_credentials: throughput('client_credentials'),
  refresh: throughput('refresh'),
  code: throughput('code'),
  introspection: throughput('introspection'),
  // After the last operation that both servers have.
  async memory(catalog) {
    const servers = await catalog.servers(['gatehouse', 'oidcProvider']);
    return { memory: Object.fromEntries(servers.map(({ name, pids }) => [name, residentMemory(pids)])) };
  },
  viewer: throughput('viewer'),
  users: throughput('users'),
  sharing,
  password: async (catalog) => ({ password: await measurePassword(catalog, plan) }),
  start: async (catalog) => ({ start: await measureStart(catalog) }),
  embedded: async () => ({ embedded: await measureEmbedded(plan) }),
  growth: async (catalog) => ({ growth: await measureGrowth(catalog, shortPlan, MANY_TOKENS) }),
};

function print(value: unknown): void {
  if (Array.isArray(value)) console.table(value.map(rounded));
  else if (Object.values(value ?? {}).every(Array.isArray)) Object.values(value ?? {}).forEach(print);
  else console.log(rounded(value as object));
}

const rounded = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === 'number' ? Number(value.toFixed(value > 100 ? 0 : 2)) : value,
    ]),
  );

const wanted = options.only?.split(',') ?? Object.keys(BENCHMARKS);
const unknown = wanted.filter((name) => !BENCHMARKS[name]);
if (unknown.length > 0)
  throw new Error(`Unknown benchmark: ${unknown.join(', ')}. There are ${Object.keys(BENCHMARKS).join(', ')}.`);

const postgres = await startBenchPostgres();
const catalog = openCatalog(postgres, options.servers?.split(','));
let failed = 0;
try {
  for (const name of wanted) {
    const results = (await BENCHMARKS[name]?.(catalog)) ?? {};
    Object.values(results).forEach(print);
    if (!quick) recordBenchmark(results);
    for (const one of Object.values(results.throughput ?? {}).flat()) failed += one.failed;
  }
} finally {
  await catalog.stop();
  await postgres.stop();
}
process.exitCode = failed > 0 ? 1 : 0;
