import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { DataDirectory } from './data-directory.ts';

/** Opens the embedded database of a data directory. If there is none, it is created empty or with these contents. */
export async function openEmbeddedDatabase({ path }: DataDirectory, contents?: File): Promise<PGlite> {
  const dataDir = join(path, 'database');
  // This file exists while the database is being created. If an earlier start left it behind, the database is incomplete.
  const unfinished = join(path, 'database-unfinished');
  if (existsSync(unfinished)) await rm(dataDir, { recursive: true, force: true });
  if (existsSync(dataDir)) return PGlite.create({ dataDir });

  writeFileSync(unfinished, '');
  const pglite = await PGlite.create({ dataDir, loadDataDir: contents ?? (await emptyContents()) });
  // PGlite ignores the umask for its files, so the directory keeps other users out.
  chmodSync(dataDir, 0o700);
  rmSync(unfinished);
  return pglite;
}

/** A prepared empty database, because initdb takes seconds. It is loaded only when a directory is created. */
async function emptyContents(): Promise<Blob> {
  const prepopulated = await import('@electric-sql/pglite-prepopulatedfs');
  return prepopulated.dataDir();
}
