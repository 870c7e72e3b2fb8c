import type { Result } from '../benchmarks/rounds.ts';
import { type Operation, roleOf } from '../peers/measured-server.ts';
import type { PerformanceFindings } from './findings.ts';

export interface PerformanceLimit {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly met: boolean;
}

const GATEHOUSE = 'Gatehouse';
const DJANGO = 'Django OAuth Toolkit';
const OIDC_PROVIDER = 'oidc-provider';
const KOA_SELECT = 'Koa + SELECT';

/** Gatehouse handles at least this many times as many requests a second as the other server. */
const RATIOS: readonly [operation: Operation, other: string, minimum: number][] = [
  ['client_credentials', 'Koa + INSERT', 0.9],
  ['client_credentials', OIDC_PROVIDER, 1.5],
  ['client_credentials', 'oidc-provider, clients in the database', 4],
  ['client_credentials', 'better-auth', 10],
  ['client_credentials', DJANGO, 12],
  ['refresh', OIDC_PROVIDER, 4],
  ['refresh', DJANGO, 20],
  ['code', OIDC_PROVIDER, 4],
  ['code', DJANGO, 20],
  ['introspection', KOA_SELECT, 0.8],
  ['introspection', OIDC_PROVIDER, 2],
  ['viewer', 'yoga + SELECT', 0.85],
  ['viewer', DJANGO, 5],
  ['users', DJANGO, 5],
];

/** Gatehouse's p99 is at most that of the best peer. */
const TAILS: readonly Operation[] = ['client_credentials', 'refresh', 'code', 'introspection', 'viewer', 'users'];

/** Shared statements are kept only while they make Gatehouse this many times as fast. */
const SHARING_GAIN = 1.2;

/** Every limit for which there are results. */
export function performanceLimits(findings: PerformanceFindings): PerformanceLimit[] {
  const resultOf = (operation: Operation, name: string): Result | undefined =>
    findings.throughput?.[operation]?.find(({ server }) => server === name);
  const ratio = (operation: Operation, name: string, minimum: number, what: string): PerformanceLimit[] => {
    const [ours, other] = [resultOf(operation, GATEHOUSE), resultOf(operation, name)];
    return ours && other ? [atLeast(what, ours.median / other.median, minimum)] : [];
  };
  const tail = (operation: Operation): PerformanceLimit[] => {
    const peers = findings.throughput?.[operation]?.filter(({ server }) => roleOf(server) === 'peer');
    const ours = resultOf(operation, GATEHOUSE);
    if (!ours || !peers?.length) return [];
    return [atMost(`${operation}, p99`, ours.p99, Math.min(...peers.map(({ p99 }) => p99)), 'ms', 'the best peer')];
  };

  const users = resultOf('users', GATEHOUSE);
  return [
    ...RATIOS.flatMap(([operation, name, minimum]) => ratio(operation, name, minimum, `${operation}, against ${name}`)),
    ...ratio('introspection', KOA_SELECT, SHARING_GAIN, `introspection with shared look-ups, against ${KOA_SELECT}`),
    ...Object.entries(findings.sharing ?? {}).flatMap(([operation, [shared, unshared]]) =>
      shared && unshared
        ? [atLeast(`${operation}, against no shared statements`, shared.median / unshared.median, SHARING_GAIN)]
        : [],
    ),
    ...(users ? [atMost('users, SQL statements a request', users.statements, 3)] : []),
    ...TAILS.flatMap(tail),
    ...otherLimits(findings),
  ];
}

function otherLimits({ password, memory, start, embedded }: PerformanceFindings): PerformanceLimit[] {
  const limits: PerformanceLimit[] = [];
  if (password) {
    const slowdown = password.p99DuringSignIns / password.p99Alone;
    limits.push(
      atLeast('password grant, against argon2id alone', password.signIns / password.bareHashes, 0.9),
      atMost('client_credentials at half rate, p99 during sign-ins', slowdown, 3, '× the p99 alone'),
    );
  }
  if (memory?.[GATEHOUSE] && memory[OIDC_PROVIDER])
    limits.push(atMost('memory after the run', memory[GATEHOUSE], memory[OIDC_PROVIDER], 'MB', OIDC_PROVIDER));
  if (start) {
    const ratio = start.gatehouse / start.oidcProvider;
    limits.push(
      atMost('memory when idle, on PostgreSQL', start.gatehouseIdle, 150, 'MB'),
      atMost('start until the first 200, migrated database', ratio, 1.5, `× ${OIDC_PROVIDER}`),
    );
  }
  if (embedded)
    limits.push(
      atLeast('client_credentials embedded, against raw inserts', embedded.tokens / embedded.rawInserts, 0.5),
    );
  return limits;
}

const atLeast = (what: string, value: number, minimum: number): PerformanceLimit => ({
  what,
  limit: `≥ ${minimum} ×`,
  measured: `${value.toFixed(2)} ×`,
  met: value >= minimum,
});

/** `reference` names the server whose figure is the limit. */
const atMost = (what: string, value: number, maximum: number, unit = '', reference = ''): PerformanceLimit => ({
  what,
  limit: `≤ ${Number(maximum.toFixed(1))} ${unit}${reference && ` (${reference})`}`.trim(),
  measured: `${value.toFixed(value < 10 ? 2 : 0)} ${unit}`.trim(),
  met: value <= maximum,
});
