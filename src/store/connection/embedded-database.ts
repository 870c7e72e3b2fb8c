import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { DataDirectory } from './data-directory.ts';

/** Opens the embedded database of a data directory, and makes it first if it is not there yet: empty, or with these contents. */
export async function openEmbeddedDatabase({ path }: DataDirectory, contents?: File): Promise<PGlite> {
  const dataDir = join(path, 'database');
  // Stands as long as the database is half made: what an earlier start left of one is thrown away.
  const unfinished = join(path, 'database-unfinished');
  if (existsSync(unfinished)) await rm(dataDir, { recursive: true, force: true });
  if (existsSync(dataDir)) return PGlite.create({ dataDir });

  writeFileSync(unfinished, '');
  const pglite = await PGlite.create({ dataDir, loadDataDir: contents ?? (await emptyContents()) });
  // PGlite gives its files modes of its own; nobody else gets as far as them.
  chmodSync(dataDir, 0o700);
  rmSync(unfinished);
  return pglite;
}

/** Needed once in the life of a directory, so it is loaded only then. It saves initdb, which takes seconds. */
async function emptyContents(): Promise<Blob> {
  const prepopulated = await import('@electric-sql/pglite-prepopulatedfs');
  return prepopulated.dataDir();
}
