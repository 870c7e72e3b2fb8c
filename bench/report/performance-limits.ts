import type { Result } from '../benchmarks/rounds.ts';
import type { Kind } from '../peers/measured-server.ts';
import type { Findings } from './performance-page.ts';

export interface Goal {
  readonly what: string;
  readonly goal: string;
  readonly seen: string;
  readonly reached: boolean;
}

const GATEHOUSE = 'Gatehouse';
const DJANGO = 'Django OAuth Toolkit';
const OIDC_PROVIDER = 'oidc-provider';

/** How many times as many requests a second as that other one. */
const RATIOS: readonly [kind: Kind, other: string, least: number][] = [
  ['client_credentials', 'Koa + INSERT', 0.9],
  ['client_credentials', OIDC_PROVIDER, 1.5],
  ['client_credentials', 'oidc-provider, clients in the database', 4],
  ['client_credentials', 'better-auth', 10],
  ['client_credentials', DJANGO, 12],
  ['refresh', OIDC_PROVIDER, 4],
  ['refresh', DJANGO, 20],
  ['code', OIDC_PROVIDER, 4],
  ['code', DJANGO, 20],
  ['introspection', 'Koa + SELECT', 0.8],
  ['introspection', OIDC_PROVIDER, 2],
  ['viewer', 'yoga + SELECT', 0.85],
  ['viewer', DJANGO, 5],
  ['users', DJANGO, 5],
];

const FLOORS = /^(Koa|yoga)/;

/** Every goal of which there is a figure. */
export function goals(findings: Findings): Goal[] {
  const of = (kind: Kind, name: string): Result | undefined =>
    findings.races?.[kind]?.find(({ contender }) => contender === name);

  const ratios = RATIOS.flatMap(([kind, name, least]) => {
    const [ours, other] = [of(kind, GATEHOUSE), of(kind, name)];
    return ours && other ? [atLeast(`${kind}, beside ${name}`, ours.median / other.median, least)] : [];
  });
  const worth = Object.entries(findings.sharing ?? {}).flatMap(([kind, [ours, other]]) => {
    return ours && other
      ? [atLeast(`${kind}, beside itself with no shared statements`, ours.median / other.median, 1.2)]
      : [];
  });
  const [introspection, floor] = [of('introspection', GATEHOUSE), of('introspection', 'Koa + SELECT')];
  const sharing =
    introspection && floor
      ? [atLeast('introspection with shared look-ups, beside Koa + SELECT', introspection.median / floor.median, 1.2)]
      : [];
  const statements = of('users', GATEHOUSE);
  const tails = (['client_credentials', 'refresh', 'code', 'introspection', 'viewer', 'users'] as const).flatMap(
    (kind) => {
      const peers = findings.races?.[kind]?.filter(
        ({ contender }) => !/^Gatehouse/.test(contender) && !FLOORS.test(contender),
      );
      const ours = of(kind, GATEHOUSE);
      if (!ours || !peers?.length) return [];
      const best = Math.min(...peers.map(({ p99 }) => p99));
      return [atMost(`${kind}, p99`, ours.p99, best, 'ms', 'the best peer’s')];
    },
  );
  return [
    ...ratios,
    ...sharing,
    ...worth,
    ...(statements ? [atMost('users, SQL statements', statements.statements, 3)] : []),
    ...tails,
    ...others(findings),
  ];
}

function others({ password, memory, start, embedded }: Findings): Goal[] {
  const found: Goal[] = [];
  if (password) {
    found.push(atLeast('password grant, beside bare argon2id', password.signIns / password.bareHashes, 0.9));
    const slower = password.p99Beside / password.p99Alone;
    found.push(atMost('client_credentials at half their rate, p99 beside sign-ins', slower, 3, '× the p99 alone'));
  }
  if (memory?.[GATEHOUSE] && memory[OIDC_PROVIDER])
    found.push(atMost('memory after the run', memory[GATEHOUSE], memory[OIDC_PROVIDER], 'MB', 'oidc-provider’s'));
  if (start) {
    found.push(atMost('memory idle on PostgreSQL', start.gatehouseIdle, 150, 'MB'));
    found.push(
      atMost('start to the first 200, migrated', start.gatehouse / start.oidcProvider, 1.5, '× oidc-provider’s'),
    );
  }
  if (embedded)
    found.push(atLeast('client_credentials embedded, beside raw inserts', embedded.tokens / embedded.rawInserts, 0.5));
  return found;
}

const atLeast = (what: string, seen: number, least: number): Goal => ({
  what,
  goal: `≥ ${least} ×`,
  seen: `${seen.toFixed(2)} ×`,
  reached: seen >= least,
});

const atMost = (what: string, seen: number, most: number, unit = '', whose = ''): Goal => ({
  what,
  goal: `≤ ${Number(most.toFixed(1))} ${unit}${whose && ` (${whose})`}`.trim(),
  seen: `${seen.toFixed(seen < 10 ? 2 : 0)} ${unit}`.trim(),
  reached: seen <= most,
});
