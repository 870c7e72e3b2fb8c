import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Keyring } from '../keys.ts';
import type { Origin } from '../store/audit.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { Sql } from '../store/sql.ts';
import type { SigningKeys } from './signing-keys.ts';

/** One request to the authorization server: what is needed to answer it, and the one moment at which it is answered. */
export interface OAuthRequest {
  readonly sql: Sql;
  readonly config: Config;
  readonly keyring: Keyring;
  readonly signingKeys: SigningKeys;
  readonly limits: RateLimits;
  readonly log: Pick<Logger, 'warn'>;
  readonly now: Date;
  readonly origin: Origin;
}
