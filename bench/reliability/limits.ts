import type { BenchPostgres } from '../peers/postgres.ts';

/** What was measured for one limit. */
export interface LimitResult {
  readonly measured: string;
  readonly met: boolean;
  /** Requests of which none may get a 5xx, and how many did: counted for T9. */
  readonly requests?: number;
  readonly serverErrors?: number;
}

/** What a limit is measured with. */
export interface Setup {
  readonly postgres: BenchPostgres;
  /** Length of a run at a steady rate. */
  readonly seconds: number;
  /** Length of the soak test (T8). */
  readonly minutes: number;
}

/** Every limit as docs/reliability.md prints it. */
export const LIMITS = {
  T1: ['client_credentials', '240/s, p99 ≤ 100 ms, no failure'],
  T2: ['refresh with rotation, 64 token families', '240/s, p99 ≤ 100 ms, each token used once, no failure'],
  T3: ['code flow: authorize with a session and stored consent, then the token', '60 flows/s, p99 ≤ 250 ms'],
  T4: [
    'password sign-ins together with client_credentials; then a burst of 64 sign-ins',
    '30/s, and 120/s with p99 ≤ 100 ms; event loop delay ≤ 50 ms',
  ],
  T5: ['introspection', '1500/s, p99 ≤ 30 ms'],
  T6: ['GraphQL `viewer` with groups', '800/s, p99 ≤ 60 ms, ≤ 3 statements a request'],
  T7: [
    'overload: client_credentials at 5 × the rate of T1, then at half of it',
    '≥ 192/s correct, the rest 429 or 503 within 1 s, p99 as in T1 again after 5 s',
  ],
  T8: [
    'soak: half of T1–T6 together for 8 minutes',
    'after the 2nd minute: memory ≤ +1 MB/min, heap ± 5 %, descriptors and connections constant, event loop delay ≤ 50 ms (p99), no 5xx',
  ],
  T9: ['5xx in all of T1–T8', '0 in 1 000 000'],
  T10: ['100 codes × 50 and 100 refresh tokens × 50 at once, two processes', 'each redeemed once'],
  T11: ['50 × `kill -9` of a server and 10 × of PostgreSQL, under load', 'nothing lost, no partial writes'],
  T12: ['faults injected into PostgreSQL and the clock', '503 well within 2 s, recovery without a restart'],
  T13: [
    'SIGTERM at 200 requests/s; two processes restarted alternately for 3 minutes',
    'no response lost, exit 0 within 10 s, idle connections closed within 2 s; no failure',
  ],
  T14: ['start', 'migrated database: ready ≤ 3 s; five at once on an empty database: ≤ 10 s'],
  T15: ['1 000 000 expired rows deleted during refreshes', 'p99 ≤ 1.5 × without; a revocation of such a row ≤ 100 ms'],
  T16: [
    'existing and unknown account, existing and unknown client, 500 + 500 alternately',
    'medians within 5 %, Mann–Whitney p > 0.01',
  ],
  T17: ['memory', 'idle ≤ 150 MB, under T1–T6 ≤ 350 MB'],
} as const satisfies Record<string, readonly [what: string, limit: string]>;

export type LimitId = keyof typeof LIMITS;
