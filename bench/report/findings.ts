import type { EmbeddedResult } from '../benchmarks/embedded.ts';
import type { GrowthResult } from '../benchmarks/growth.ts';
import type { PasswordResult } from '../benchmarks/password.ts';
import type { Result } from '../benchmarks/rounds.ts';
import type { StartResult } from '../benchmarks/start.ts';
import type { Operation } from '../peers/measured-server.ts';
import type { LimitId, LimitResult } from '../reliability/limits.ts';

/** Results of the benchmarks, by benchmark. */
export interface PerformanceFindings {
  readonly throughput?: { readonly [operation in Operation]?: readonly Result[] };
  /** Gatehouse with and without shared statements, in this order. */
  readonly sharing?: { readonly [operation in Operation]?: readonly Result[] };
  /** Megabytes by server. */
  readonly memory?: Readonly<Record<string, number>>;
  readonly password?: PasswordResult;
  readonly start?: StartResult;
  readonly embedded?: EmbeddedResult;
  readonly growth?: readonly GrowthResult[];
}

export interface ReliabilityFindings {
  readonly limits?: { readonly [id in LimitId]?: LimitResult };
}

/** What each report is written from; `machine` describes where it was measured. */
export interface Findings {
  readonly performance: PerformanceFindings & { readonly machine: string };
  readonly reliability: ReliabilityFindings & { readonly machine: string };
}
