import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/** With the packages, and gone with them: who can write there could change the code itself. */
const DIRECTORY = join(import.meta.dirname, '../../node_modules/.gatehouse-compiled');

/**
 * Keeps what is compiled from here on for the next start, which loads it in half the time. It is code that runs without being
 * read again: so its directory is this user's alone, or there is none. A read-only file system starts as before.
 */
export function keepCompiledCode(directory = DIRECTORY): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const found = lstatSync(directory);
    const ours = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
    if (ours) enableCompileCache({ directory });
  } catch {
    // Nothing hangs on it.
  }
}
