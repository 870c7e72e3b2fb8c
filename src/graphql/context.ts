import type { Config } from '../config.ts';
import type { AccessToken } from '../oauth/bearer.ts';
import type { Origin } from '../store/audit.ts';
import type { Em } from '../store/orm.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { Sql } from '../store/sql.ts';

/** What one GraphQL request has: its own identity map, one moment in time, and the token it came with. */
export interface Context {
  readonly em: Em;
  readonly sql: Sql;
  readonly now: Date;
  readonly config: Config;
  readonly limits: RateLimits;
  readonly origin: Origin;
  /** Undefined only for an anonymous look at the schema outside production. */
  readonly token: AccessToken | undefined;
}
