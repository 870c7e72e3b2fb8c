import type { ComparedServer } from './both-servers.ts';
import type { Outcome } from './outcome.ts';

/** One request, or a few of which the last one counts, sent to both servers alike. */
export interface Case {
  readonly name: string;
  /** What it comes to at both, or that this differs. */
  readonly outcome: Outcome;
  readonly run: (subject: ComparedServer) => Promise<Outcome>;
}

/** Then a Difference says how, and why. */
export const DIFFERS = 'differs';

export const LOGIN = 'asks for login';
export const CONSENT = 'asks for consent';
export const PAGE = '400 page';
/** RFC 6749 §4.1.2.1 */
export const told = (error: string): Outcome => `303 redirect ? ${error} state`;
export const CODE = '303 redirect ? code state';

/** Where the two answer the same request differently: what each says, and why ours is as it is. */
export interface Difference {
  readonly why: string;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly cases: readonly string[];
}
