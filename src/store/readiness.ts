import type { Keyring } from '../crypto/keyring.ts';
import type { Database } from './connection/database.ts';
import { statement } from './connection/sql.ts';
import { matchesKeyring } from './key-check.ts';
import { knownMigrations } from './migration/migrate.ts';

/**
 * Writes a row as it is, to prove that the database can be written. It does not wait for disk or standby, so that the node
 * stays ready while a standby is stalled: it can still serve most requests.
 */
const readState = statement<{ at: Date; migrations: string[]; mark: Uint8Array | null }>(
  'read-state',
  `WITH settings AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)),
        written AS (UPDATE key_checks SET digest = digest FROM settings WHERE id = 1 RETURNING digest)
   SELECT clock_timestamp() AS at, ARRAY(SELECT name::text FROM migrations) AS migrations,
          (SELECT digest FROM written) AS mark`,
);

/** Milliseconds by which the clocks may differ. Expiry is decided by the clock of the process. */
const CLOCK_TOLERANCE = 5000;

/** Returns why this process cannot serve requests, as a sentence for an operator. Undefined if it can. */
export type Readiness = (now: Date) => Promise<string | undefined>;

/**
 * Checks what can change while a process runs: a restored database may lack migrations, and a node may lack the new key. Unknown
 * migrations of a newer version are accepted, so that nodes can be updated one after the other.
 */
export function makeReadiness({ sql }: Database, keyring: Keyring): Readiness {
  const known = knownMigrations();
  return async (now) => {
    const [state] = await sql(readState, []);
    if (!state) return 'the database does not respond';
    const missing = known.filter((name) => !state.migrations.includes(name));
    if (missing.length > 0) return `the database lacks ${missing.length} migration(s)`;
    if (!state.mark || !matchesKeyring(keyring, state.mark)) return 'SECRET_KEY is not the key of the database';
    const difference = Math.abs(state.at.getTime() - now.getTime());
    if (difference > CLOCK_TOLERANCE)
      return `the clocks of this process and of the database differ by ${difference} ms`;
    return undefined;
  };
}
