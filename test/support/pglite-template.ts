import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { loadConfig } from '../../src/config.ts';
import { startDatabase } from '../../src/store/start-database.ts';
import type { TestDatabases } from './database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databases: TestDatabases;
  }
}

/** Creates a migrated data directory. Each test database is a copy of it. */
export async function setup(project: TestProject): Promise<() => void> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-tests-'));
  const template = join(directory, 'template');
  const { close } = await startDatabase(loadConfig({ DATA_DIR: template }));
  await close();
  project.provide('databases', { kind: 'pglite', template });
  return () => rmSync(directory, { recursive: true, force: true });
}
