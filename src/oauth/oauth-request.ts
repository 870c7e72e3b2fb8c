import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Origin } from '../store/audit/record.ts';
import type { Sql } from '../store/connection/sql.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { SigningKeys } from './keys/signing-keys.ts';

/** The context of a request to the authorization server. `now` is its only time, so that all checks agree. */
export interface OAuthRequest {
  readonly sql: Sql;
  readonly config: Config;
  readonly keyring: Keyring;
  readonly signingKeys: SigningKeys;
  readonly limits: RateLimits;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  /**
   * The client_id of the registered client that the request names, once it is known. Log lines contain it. They never contain
   * an unknown id, because that could be a secret.
   */
  readonly found: { clientId?: string };
  readonly now: Date;
  readonly origin: Origin;
  readonly measurements: { countRepeatedRefresh(): void };
}
