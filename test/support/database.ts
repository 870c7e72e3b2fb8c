import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { openDatabase } from './database-with-em.ts';
import { dumpAt } from './dump.ts';
import { expectNoSecret } from './seen-secrets.ts';

/** What a project's global set-up hands to its tests. */
export type TestDatabases =
  | { readonly kind: 'pglite'; readonly template: string }
  /** Every database of the run has a name that begins with `prefix`, and is dropped at the end of the run. */
  | { readonly kind: 'postgres'; readonly template: string; readonly prefix: string; readonly url: string };

/** A database of a test's own: the environment that makes Gatehouse use it, and its end. */
export interface TestDatabase {
  readonly env: Record<string, string>;
  /** Other test files use it as well. */
  readonly shared?: boolean;
  remove(): Promise<void>;
}

export const SECRET_KEY = 'the key of every test and long enough for all of them';

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** A migrated database with nothing in it. */
export const migratedDatabase = (): Promise<TestDatabase> => makeDatabase(true);

/** A database that no Gatehouse has seen yet. */
export const emptyDatabase = (): Promise<TestDatabase> => makeDatabase(false);

let shared: Promise<TestDatabase> | undefined;

/** The one migrated database of this worker, which the global set-up of the run removes. Its files use it one after another. */
export async function sharedDatabase(): Promise<TestDatabase> {
  shared ??= makeDatabase(true);
  return { ...(await shared), shared: true };
}

async function makeDatabase(migrated: boolean): Promise<TestDatabase> {
  const databases = inject('databases');
  if (databases.kind === 'postgres') {
    const name = `${databases.prefix}${randomBytes(6).toString('hex')}`;
    await administer(databases.url, `CREATE DATABASE ${name} ${migrated ? `TEMPLATE ${databases.template}` : ''}`);
    return {
      env: { DATABASE_URL: databaseUrl(databases.url, name), SECRET_KEY },
      async remove() {
        try {
          expectNoSecret('the database', await dumpAt(databaseUrl(databases.url, name)));
        } finally {
          await administer(databases.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
        }
      },
    };
  }
  const directory = mkdtempSync(join(dirname(databases.template), 'test-'));
  if (migrated) cpSync(databases.template, directory, { recursive: true });
  return { env: { DATA_DIR: directory }, remove: async () => rmSync(directory, { recursive: true, force: true }) };
}

async function administer(url: string, sql: string): Promise<void> {
  const database = await openDatabase({ url });
  try {
    await database.em().execute(sql);
  } finally {
    await database.close();
  }
}
