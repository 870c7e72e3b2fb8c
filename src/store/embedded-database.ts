import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { DataDirectory } from './data-directory.ts';

/** Where the embedded database lies, made if it is not there yet: unpacked beside and renamed, so that no half of it can stay. */
export async function embeddedDatabase({ path }: DataDirectory): Promise<string> {
  const directory = join(path, 'database');
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  // Needed once in the life of a directory, so it is loaded only then. It saves initdb, which takes seconds.
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  const pglite = await PGlite.create({ dataDir: unfinished, loadDataDir: await dataDir() });
  await pglite.close();
  await rename(unfinished, directory);
  return directory;
}
