import type { Config } from '../config.ts';
import type { AccessToken } from '../oauth/tokens/bearer.ts';
import type { Origin } from '../store/audit/record.ts';
import type { Em } from '../store/connection/orm.ts';
import type { Sql } from '../store/connection/sql.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { LiveEvents } from './subscriptions/live-events.ts';

/** The context of one GraphQL request: its own identity map, one time for all its checks, and its access token. */
export interface Context {
  /** Creates the entity manager at the first call, because most requests only read with plain statements. */
  readonly em: () => Em;
  readonly sql: Sql;
  readonly now: Date;
  readonly config: Config;
  readonly limits: RateLimits;
  readonly origin: Origin;
  /**
   * Aborts when the time limit is reached; running statements are cancelled then. A subscription has a separate signal for each
   * event.
   */
  readonly deadline: AbortSignal;
  /** A signal that aborts when the client disconnects. Created on demand, because only subscriptions need it. */
  readonly disconnected: () => AbortSignal;
  readonly live: LiveEvents;
  /** Subscribers to the same event share one DataLoader; this object identifies the event. */
  readonly batchKey?: object;
  /** Sends logout tokens for the sessions that this request has ended. */
  readonly deliverLogoutTokens: () => void;
  /** Undefined only for introspection without a token outside production. */
  readonly token: AccessToken | undefined;
}
