import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { openDatabase } from './database-with-em.ts';
import { dumpAt } from './dump.ts';
import { expectNoSecret } from './seen-secrets.ts';

/** What the global set-up of a project provides to its tests. */
export type TestDatabases =
  | { readonly kind: 'pglite'; readonly template: string }
  /** All databases of the run have names that begin with `prefix`, and are dropped at its end. */
  | { readonly kind: 'postgres'; readonly template: string; readonly prefix: string; readonly url: string };

/** A database for a test, with the environment that makes Gatehouse use it. */
export interface TestDatabase {
  readonly env: Record<string, string>;
  /** True if other test files use it as well. */
  readonly shared?: boolean;
  remove(): Promise<void>;
}

export const SECRET_KEY = 'the key of every test and long enough for all of them';

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** A migrated database without rows. */
export const migratedDatabase = (): Promise<TestDatabase> => makeDatabase(true);

/** A database without tables. */
export const emptyDatabase = (): Promise<TestDatabase> => makeDatabase(false);

let shared: Promise<TestDatabase> | undefined;

/** The migrated database that the test files of this worker use one after another. The global set-up removes it. */
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
