import type { Origin } from '../store/audit/record.ts';
import type { Caller } from './permissions.ts';

/** Who makes a change, when and from where. Every function that changes the directory takes it as second argument. */
export interface Actor {
  readonly caller: Caller;
  readonly now: Date;
  readonly origin: Origin;
  /** The browser session of the request. Undefined for API and CLI requests. */
  readonly sessionId?: string | undefined;
  /** Names of this server, which the clients of users must not have. Undefined at the CLI, which may register any client. */
  readonly instanceNames?: readonly string[];
  /** The authorization that the token of an API request belongs to. */
  readonly authorizationId?: string | undefined;
}
