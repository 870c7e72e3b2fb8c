import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { makeHandle } from '../../crypto/secrets.ts';
import { Refusal } from './refusal.ts';

/** The directory of the embedded database. Only one process may open it, because two would overwrite each other's rows. */
export interface DataDirectory {
  readonly path: string;
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Locks the directory for this process and creates it if necessary. SQLite takes an fcntl lock of the operating system on the
 * file `lock`. The lock ends with the process, so it cannot become stale. The file `pid` only names the holder in messages.
 */
export async function lockDataDirectory(path: string): Promise<DataDirectory> {
  // Only the user of this process may read its files, even if the directory already existed.
  process.umask(0o077);
  const lock = openLock(path);
  try {
    // Nothing is written to the lock database. Keeping the journal in memory avoids another file.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw error;
    throw new Refusal(await inUseMessage(path));
  }
  const pidFile = join(path, 'pid');
  writeFileSync(pidFile, String(process.pid));
  return {
    path,
    release() {
      rmSync(pidFile, { force: true });
      lock.close();
    },
  };
}

const NO_DIRECTORY = new Set(['EEXIST', 'ENOTDIR']);
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ERR_SQLITE_ERROR']);

/** Throws a Refusal if the directory cannot be created or written to. */
function openLock(path: string): DatabaseSync {
  try {
    mkdirSync(path, { recursive: true });
    return new DatabaseSync(join(path, 'lock'));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const name = `The data directory ${resolve(path)}`;
    if (NO_DIRECTORY.has(code)) throw new Refusal(`${name} is not a directory. Set another DATA_DIR.`);
    if (!NOT_WRITABLE.has(code)) throw error;
    const user = process.getuid ? `user ${process.getuid()}` : 'this user';
    throw new Refusal(`${name} is not writable by ${user}. Give it to that user, or set another DATA_DIR.`);
  }
}

/** Names the process that holds the lock. It may write its pid a moment after it gets the lock, so this waits for it. */
async function inUseMessage(path: string): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const pid = readIfThere(join(path, 'pid'));
    if (pid)
      return `The data directory ${resolve(path)} is in use by process ${pid}. Stop that process first, or set another DATA_DIR.`;
    await wait(50);
  }
  return `The data directory ${resolve(path)} is in use by another process. Stop that process first, or set another DATA_DIR.`;
}

/** The secret key of an embedded database. It is created once, in a file that only its owner can read. */
export function readOrCreateSecretKey({ path }: DataDirectory): string {
  const file = join(path, 'secret-key');
  const known = readIfThere(file);
  if (known === undefined) return writeSecretKey({ path }, makeHandle());
  if (Buffer.byteLength(known) < 32)
    throw new Refusal(
      `${resolve(file)} is damaged: it must contain at least 32 bytes. Restore the original key, or set SECRET_KEY.`,
    );
  return known;
}

/** Writes the key atomically and flushes it to disk before anything is derived from it. */
export function writeSecretKey({ path }: Pick<DataDirectory, 'path'>, key: string): string {
  const file = join(path, 'secret-key');
  const temporary = `${file}.unfinished`;
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, 'wx', 0o600);
  writeFileSync(descriptor, `${key}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, file);
  return key;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
