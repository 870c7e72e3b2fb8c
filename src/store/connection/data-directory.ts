import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { makeHandle } from '../../crypto/secrets.ts';
import { Refusal } from './refusal.ts';

/** The directory of the embedded database, which only one process may have open: two would lose each other's rows. */
export interface DataDirectory {
  readonly path: string;
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes the directory for this process, making it if need be. The lock is the operating system's own (fcntl, which SQLite
 * takes on the file `lock`): it ends with its process however that dies, so it cannot go stale, and neither a zombie nor
 * another process with the same pid is mistaken for the holder. The file `pid` only tells people who it is.
 */
export async function lockDataDirectory(path: string): Promise<DataDirectory> {
  // Whatever this process writes is its user's alone, also in a directory that was there before.
  process.umask(0o077);
  mkdirSync(path, { recursive: true });
  const lock = new DatabaseSync(join(path, 'lock'));
  try {
    // Nothing is ever written: in memory the journal leaves no file behind.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { errcode?: unknown }).errcode !== SQLITE_BUSY) throw error;
    throw new Refusal(await inUse(path));
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

/** The holder writes its pid right after it has the lock: give it the moment between the two. */
async function inUse(path: string): Promise<string> {
  for (let tries = 0; tries < 20; tries++) {
    const pid = readIfThere(join(path, 'pid'));
    if (pid)
      return `The data directory ${resolve(path)} is in use by process ${pid}. Stop that one first, or set another DATA_DIR.`;
    await wait(50);
  }
  return `The data directory ${resolve(path)} is in use by another process. Stop that one first, or set another DATA_DIR.`;
}

/** The secret key of an embedded database: made once, readable by its owner only, never in the database. */
export function readOrCreateSecretKey({ path }: DataDirectory): string {
  const file = join(path, 'secret-key');
  const known = readIfThere(file);
  if (known === undefined) return writeSecretKey({ path }, makeHandle());
  if (Buffer.byteLength(known) < 32)
    throw new Refusal(
      `${resolve(file)} is damaged: it must hold 32 bytes or more. Put the right key back, or set SECRET_KEY.`,
    );
  return known;
}

/** Whole or not at all, and on the disk before anything is derived from it. */
export function writeSecretKey({ path }: Pick<DataDirectory, 'path'>, key: string): string {
  const file = join(path, 'secret-key');
  const unfinished = `${file}.unfinished`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, 'wx', 0o600);
  writeFileSync(descriptor, `${key}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(unfinished, file);
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
