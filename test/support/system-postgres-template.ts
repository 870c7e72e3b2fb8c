import type { TestProject } from 'vitest/node';
import { startPostgres, systemPostgres } from './postgres.ts';
import { setupOn } from './postgres-template.ts';

/** Like `postgres-template.ts`, with the PostgreSQL installed from Debian packages. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const binaries = systemPostgres();
  if (binaries === undefined) throw new Error('No PostgreSQL is installed under /usr/lib/postgresql');
  return setupOn(project, await startPostgres({ binaries }));
}
