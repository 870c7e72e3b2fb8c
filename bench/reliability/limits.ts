import type { Administration } from '../peers/postgres.ts';

/** What was seen of one target. */
export interface Line {
  readonly seen: string;
  readonly reached: boolean;
  /** Counted where each answer but 2xx would be a fault. */
  readonly requests?: number;
  readonly serverErrors?: number;
}

/** What targets are measured with. */
export interface Stand {
  readonly administration: Administration;
  /** Of a run at a steady rate. */
  readonly seconds: number;
  /** Of the long one. */
  readonly minutes: number;
}

/** What is asked, in the words of the page. */
export const GOALS = {
  T1: ['client_credentials', '240/s, p99 ≤ 100 ms, none fails'],
  T2: ['refresh with rotation, 64 families', '240/s, p99 ≤ 100 ms, each token used once, none fails'],
  T3: ['code flow: authorize with a session and remembered consent, then the token', '60 flows/s, p99 ≤ 250 ms'],
  T4: [
    'sign-ins with a password, and client_credentials beside them; then a burst of 64 sign-ins',
    '30/s, and 120/s with p99 ≤ 100 ms; event loop late by ≤ 50 ms',
  ],
  T5: ['introspection', '1500/s, p99 ≤ 30 ms'],
  T6: ['GraphQL `viewer` with groups', '800/s, p99 ≤ 60 ms, ≤ 3 statements a request'],
  T7: [
    'overload: client_credentials at 5 × the rate of T1, then at half of it',
    '≥ 192/s good, the rest 429 or 503 within 1 s, p99 as in T1 again after 5 s',
  ],
  T8: [
    'half of T1–T6 together for 8 minutes',
    'after the 2nd minute: memory ≤ +1 MB/min, heap ± 5 %, descriptors and connections flat, event loop late by ≤ 50 ms (p99), no 5xx',
  ],
  T9: ['5xx in all of T1–T8', '0 in 1 000 000'],
  T10: ['100 codes × 50 and 100 refresh tokens × 50 at once, two processes', 'each spent once'],
  T11: ['50 × `kill -9` of a server and 10 × of PostgreSQL, under load', 'nothing lost, nothing half done'],
  T12: ['PostgreSQL or the clock broken in many ways', '503 in time, well within 2 s, no new start'],
  T13: [
    'SIGTERM at 200 requests/s; two processes renewed by turns for 3 minutes',
    'no answer lost, exit 0 within 10 s, idle connections closed within 2 s; no failure',
  ],
  T14: ['start', 'migrated: ready ≤ 3 s; five at once on an empty database: ≤ 10 s'],
  T15: ['1 000 000 expired rows swept under refreshes', 'p99 ≤ 1.5 × without; a revocation of one waits ≤ 100 ms'],
  T16: [
    'known and unknown account, known and unknown client, 500 + 500 by turns',
    'medians within 5 %, Mann–Whitney p > 0.01',
  ],
  T17: ['memory', 'idle ≤ 150 MB, under T1–T6 ≤ 350 MB'],
} as const satisfies Record<string, readonly [what: string, goal: string]>;

export type Id = keyof typeof GOALS;
