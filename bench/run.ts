// Gatehouse beside the least its stack can do and beside its peers, on one PostgreSQL in one run. `npm run bench`; `-- --quick`
// for a look in a minute or two; `-- --only client_credentials,refresh` for parts of it; `-- --rounds 3 --seconds 2`.
import { parseArgs } from 'node:util';
import type { Contender, Kind } from './contender.ts';
import { place } from './contender.ts';
import { koaAlone, koaInsert, koaSelect, yogaSelect } from './contenders/floors.ts';
import { gatehouse, gatehouseLimited, gatehouseTwice } from './contenders/gatehouse.ts';
import { oidcProvider, oidcProviderWithStoredClients } from './contenders/oidc-provider.ts';
import { type Administration, startBenchPostgres } from './postgres.ts';
import { interleave, type Plan, type Result } from './rounds.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    contenders: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
});

const plan: Plan = {
  rounds: Number(options.rounds ?? (options.quick ? 3 : 5)),
  seconds: Number(options.seconds ?? (options.quick ? 1 : 2.5)),
  warmUp: options.quick ? 1 : 2,
  connections: 32,
};

const CONTENDERS = {
  koaAlone,
  koaInsert,
  koaSelect,
  yogaSelect,
  gatehouse,
  gatehouseTwice,
  gatehouseLimited,
  oidcProvider,
  oidcProviderWithStoredClients,
};

type Name = keyof typeof CONTENDERS;

const RACES: { kind: Kind; names: Name[] }[] = [
  {
    kind: 'client_credentials',
    names: [
      ...(['koaAlone', 'koaInsert', 'gatehouse', 'gatehouseTwice', 'gatehouseLimited'] as const),
      ...(['oidcProvider', 'oidcProviderWithStoredClients'] as const),
    ],
  },
  { kind: 'refresh', names: ['gatehouse', 'gatehouseTwice', 'oidcProvider'] },
  { kind: 'code', names: ['gatehouse', 'gatehouseTwice', 'oidcProvider'] },
  { kind: 'introspection', names: ['koaSelect', 'gatehouse', 'gatehouseTwice', 'oidcProvider'] },
  { kind: 'viewer', names: ['yogaSelect', 'gatehouse', 'gatehouseTwice'] },
  { kind: 'users', names: ['gatehouse'] },
];

const COLUMNS = [
  'contender',
  'kind',
  'median',
  'min',
  'max',
  'p50',
  'p99',
  'failed',
  'statements',
  'commits',
  'processor',
];
const shown = (result: Result): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(result).map(([key, value]) => [
      key,
      typeof value === 'number' ? Number(value.toFixed(value > 100 ? 0 : 2)) : value,
    ]),
  );

/** Each starts when it is first needed, and stays. */
const running = new Map<Name, Contender>();
async function started(administration: Administration, name: Name): Promise<Contender> {
  const known = running.get(name);
  if (known) return known;
  const contender = await CONTENDERS[name](await place(administration, name));
  running.set(name, contender);
  return contender;
}

const wanted = options.only?.split(',');
const administration = await startBenchPostgres();
const results: Result[] = [];
try {
  for (const { kind, names } of RACES) {
    if (wanted && !wanted.includes(kind)) continue;
    const asked = options.contenders?.split(',');
    const contenders: Contender[] = [];
    for (const name of names) if (!asked || asked.includes(name)) contenders.push(await started(administration, name));
    const found = await interleave(kind, contenders, administration, plan);
    results.push(...found);
    console.table(found.map(shown), COLUMNS);
  }
} finally {
  for (const contender of running.values()) await contender.stop();
  await administration.stop();
}
process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
