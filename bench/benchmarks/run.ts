// Gatehouse beside the least its stack can do and beside its peers, on one PostgreSQL in one run; writes docs/performance.md.
// `npm run bench`; `-- --quick` for a look, which writes nothing; `-- --only refresh,code` for parts, which are then renewed in
// the page; `-- --contenders gatehouse,oidcProvider` for some; `-- --tokens 1000000` for a table that grows to fewer than ten million.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Field, openField } from '../peers/catalog.ts';
import type { Kind } from '../peers/measured-server.ts';
import { residentMemory } from '../peers/measured-server.ts';
import { startBenchPostgres } from '../peers/postgres.ts';
import { type Findings, machine, writeReport } from '../report/performance-page.ts';
import { measureEmbedded } from './embedded.ts';
import { measureGrowth } from './growth.ts';
import { RACES, SHARING } from './operations.ts';
import { measurePassword } from './password.ts';
import { interleave, type Plan, type Result } from './rounds.ts';
import { measureStart } from './start.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    contenders: { type: 'string' },
    tokens: { type: 'string' },
  },
});
const { quick } = options;
const plan: Plan = { rounds: quick ? 1 : 5, seconds: quick ? 1 : 2.5, warmUp: quick ? 0.5 : 2, connections: 32 };
const fewer: Plan = { ...plan, rounds: quick ? 1 : 3 };
const MANY = Number(options.tokens ?? (quick ? 100_000 : 10_000_000));

/** What earlier runs of other parts have left: each part is a run of its own, with its floors and peers in it. */
const file = join(import.meta.dirname, '../../docs/performance.json');
const findings: Findings = {
  ...(existsSync(file) && !quick ? JSON.parse(readFileSync(file, 'utf8')) : {}),
  machine: machine(),
};

const race = (kind: Kind) => async (field: Field) => {
  const found = await interleave(kind, await field.contenders(RACES[kind] ?? []), field.administration, plan);
  console.table(found.map(shown));
  findings.races = { ...findings.races, [kind]: found };
};

const races = (...kinds: Kind[]) => Object.fromEntries(kinds.map((kind) => [kind, race(kind)]));

const PARTS: Record<string, (field: Field) => Promise<void>> = {
  ...races('client_credentials', 'refresh', 'code', 'introspection'),
  async memory(field) {
    // After the last race that both can run.
    const contenders = await field.contenders(['gatehouse', 'oidcProvider']);
    findings.memory = Object.fromEntries(contenders.map(({ name, pids }) => [name, residentMemory(pids)]));
    console.log(findings.memory);
  },
  ...races('viewer', 'users'),
  async sharing(field) {
    const contenders = await field.contenders(['gatehouse', 'gatehouseUnshared']);
    for (const kind of SHARING) {
      const found = await interleave(kind, contenders, field.administration, fewer);
      console.table(found.map(shown));
      findings.sharing = { ...findings.sharing, [kind]: found };
    }
  },
  async password(field) {
    findings.password = await measurePassword(field, plan);
    console.log(findings.password);
  },
  async start(field) {
    findings.start = await measureStart(field);
    console.log(findings.start);
  },
  async embedded() {
    findings.embedded = await measureEmbedded(plan);
    console.log(findings.embedded);
  },
  async growth(field) {
    findings.growth = await measureGrowth(field, fewer, MANY);
    console.table(findings.growth);
  },
};

function shown(result: Result): Record<string, unknown> {
  const rounded = (value: number) => Number(value.toFixed(value > 100 ? 0 : 2));
  return Object.fromEntries(
    Object.entries(result).map(([key, value]) => [key, typeof value === 'number' ? rounded(value) : value]),
  );
}

const wanted = options.only?.split(',') ?? Object.keys(PARTS);
const administration = await startBenchPostgres();
const field = openField(administration, options.contenders?.split(','));
try {
  for (const part of wanted) {
    const measure = PARTS[part];
    if (!measure) throw new Error(`There is no part ${part}: ${Object.keys(PARTS).join(', ')}`);
    await measure(field);
    if (!quick) writeFileSync(file, `${JSON.stringify(findings, undefined, 2)}\n`);
  }
} finally {
  await field.stop();
  await administration.stop();
}
if (!quick) writeReport(findings);
process.exitCode = Object.values(findings.races ?? {}).some((race) => race?.some(({ failed }) => failed > 0)) ? 1 : 0;
