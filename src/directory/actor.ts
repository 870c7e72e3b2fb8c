import type { Origin } from '../store/audit/record.ts';
import type { Caller } from './permissions.ts';

/** Who does it, at which moment, from where: the second argument of everything that changes the directory. */
export interface Actor {
  readonly caller: Caller;
  readonly now: Date;
  readonly origin: Origin;
  /** The browser session it comes from, where there is one. */
  readonly sessionId?: string | undefined;
}
