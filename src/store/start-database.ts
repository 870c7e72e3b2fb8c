import type { PGlite } from '@electric-sql/pglite';
import type { Config } from '../config.ts';
import { type Keyring, makeKeyring } from '../crypto/keyring.ts';
import { checkServer, refusePooler } from './connection/check-server.ts';
import { type DataDirectory, lockDataDirectory, readOrCreateSecretKey } from './connection/data-directory.ts';
import { type Database, openDatabase } from './connection/database.ts';
import { checkKeys } from './key-check.ts';
import { checkMigrations, migrate } from './migration/migrate.ts';

/** A database that is migrated, ours by its key and, if embedded, locked for this process. */
export interface StartedDatabase {
  readonly database: Database;
  readonly keyring: Keyring;
  /** Names of the migrations that ran just now. */
  readonly migrated: readonly string[];
  /** Where it is embedded: itself, and the key that lies beside it, if the key does not come from the environment. */
  readonly embedded: { readonly pglite: PGlite; readonly secretKey: string | undefined } | undefined;
  close(): Promise<void>;
}

/**
 * What the server and every command of the operator do first; `compareKeys` for one that must change nothing. Whatever fails
 * undoes what was done before it.
 */
export async function startDatabase(config: Config, takeKeys: typeof checkKeys = checkKeys): Promise<StartedDatabase> {
  const undo: (() => Promise<void> | void)[] = [];
  const close = async () => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    const directory = config.databaseUrl === undefined ? await lockDataDirectory(config.dataDir) : undefined;
    if (directory) undo.push(() => directory.release());
    const secretKeys = secretKeysOf(config, directory);
    const embedded = directory && {
      pglite: await openEmbedded(directory),
      secretKey: config.secretKeys.length === 0 ? secretKeys[0] : undefined,
    };
    const location = embedded ?? { url: config.databaseUrl ?? '' };
    const database = await openDatabase(location).catch(refusePooler);
    undo.push(() => database.close());
    await checkServer(database.sql).catch(refusePooler);

    let migrated: readonly string[] = [];
    if (config.migrate === 'auto') migrated = await migrate(database, location);
    else await checkMigrations(database);
    const keyring = makeKeyring(secretKeys);
    await takeKeys(database.sql, keyring);
    return { database, keyring, migrated, embedded, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openEmbedded(directory: DataDirectory): Promise<PGlite> {
  const { openEmbeddedDatabase } = await import('./connection/embedded-database.ts');
  return openEmbeddedDatabase(directory);
}

function secretKeysOf({ secretKeys }: Config, directory: DataDirectory | undefined): readonly string[] {
  return directory && secretKeys.length === 0 ? [readOrCreateSecretKey(directory)] : secretKeys;
}
