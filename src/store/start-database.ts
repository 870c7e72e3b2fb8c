import type { PGlite } from '@electric-sql/pglite';
import type { Config } from '../config.ts';
import { type Keyring, makeKeyring } from '../crypto/keyring.ts';
import { checkServer, refusePooler } from './connection/check-server.ts';
import { type DataDirectory, lockDataDirectory, readOrCreateSecretKey } from './connection/data-directory.ts';
import { type Database, openDatabase } from './connection/database.ts';
import { checkKeys } from './key-check.ts';
import { checkMigrations, migrate } from './migration/migrate.ts';

/** A database that is migrated, was made with our SECRET_KEY and, if embedded, is locked for this process. */
export interface StartedDatabase {
  readonly database: Database;
  readonly keyring: Keyring;
  /** Names of the migrations that this start applied. */
  readonly migrated: readonly string[];
  /** The embedded database, and the key in its data directory unless SECRET_KEY is set. */
  readonly embedded: { readonly pglite: PGlite; readonly secretKey: string | undefined } | undefined;
  close(): Promise<void>;
}

/**
 * The first step of the server and of every CLI command. Pass `compareKeys` for a command that must change nothing. If a step
 * fails, the steps before it are undone.
 */
export async function startDatabase(
  config: Config,
  verifyKeys: typeof checkKeys = checkKeys,
): Promise<StartedDatabase> {
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
    await verifyKeys(database.sql, keyring);
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
