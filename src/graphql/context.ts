import type { Config } from '../config.ts';
import type { AccessToken } from '../oauth/tokens/bearer.ts';
import type { Origin } from '../store/audit/record.ts';
import type { Em } from '../store/connection/orm.ts';
import type { Sql } from '../store/connection/sql.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { LiveEvents } from './subscriptions/live-events.ts';

/** What one GraphQL request has: an identity map of its own, one moment in time, and the token it came with. */
export interface Context {
  /** Made for the first that wants it: most requests only read, by statements. */
  readonly em: () => Em;
  readonly sql: Sql;
  readonly now: Date;
  readonly config: Config;
  readonly limits: RateLimits;
  readonly origin: Origin;
  /** When the operation is stopped; what it asks of the database is cancelled then. A subscription has one for each event. */
  readonly deadline: AbortSignal;
  /** What aborts when the client has gone; made for who wants to know, for every answer ends in a close. */
  readonly disconnected: () => AbortSignal;
  readonly live: LiveEvents;
  /** Those for whom this is the same load together: the subscribers who are told of one event. */
  readonly batchKey?: object;
  /** Tells clients of the sessions that have just ended. */
  readonly deliverLogoutTokens: () => void;
  /** Undefined only for an anonymous look at the schema outside production. */
  readonly token: AccessToken | undefined;
}
