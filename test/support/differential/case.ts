import type { ComparedServer } from './both-servers.ts';
import type { Outcome } from './outcome.ts';

/** A request that is sent to both servers, or a sequence of requests of which the last one is compared. */
export interface Case {
  readonly name: string;
  /** The outcome at both servers, or DIFFERS. */
  readonly outcome: Outcome;
  readonly run: (subject: ComparedServer) => Promise<Outcome>;
}

/** The outcomes differ. A Difference lists both and explains them. */
export const DIFFERS = 'differs';

export const LOGIN = 'asks for login';
export const CONSENT = 'asks for consent';
export const PAGE = '400 page';
/** RFC 6749 §4.1.2.1 */
export const failure = (error: string): Outcome => `303 redirect ? ${error} state`;
export const CODE = '303 redirect ? code state';

/** Cases in which the servers respond differently, with both outcomes and the reason for ours. */
export interface Difference {
  readonly why: string;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly cases: readonly string[];
}
