import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { lockDataDirectory, readOrCreateSecretKey } from '../../../src/store/connection/data-directory.ts';
import { Refusal } from '../../../src/store/connection/refusal.ts';
import { gatehouse, type run, startServerProcess } from '../../support/process.ts';

const parent = mkdtempSync(join(tmpdir(), 'gatehouse-directories-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

let directory: string;
let number = 0;
beforeEach(() => {
  number += 1;
  directory = join(parent, `data-${number}`);
});

/** The state of a process in /proc. `Z` is a zombie. */
const stateOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '')[0] ?? '';

describe('The data directory', () => {
  it('the directory is created with its parents and only its owner can read it', async () => {
    const locked = await lockDataDirectory(join(directory, 'deep', 'er'));

    expect(statSync(locked.path).mode & 0o777).toBe(0o700);
    locked.release();
  });

  it('the directory can be locked once at a time and again after its release', async () => {
    const first = await lockDataDirectory(directory);

    await expect(lockDataDirectory(directory)).rejects.toThrow(`in use by process ${process.pid}`);
    first.release();
    (await lockDataDirectory(directory)).release();
  });

  it('a file in its place, or in the place of a parent, is refused by name', async () => {
    writeFileSync(directory, '');
    for (const path of [directory, join(directory, 'below')])
      await expect(lockDataDirectory(path)).rejects.toThrow(
        new Refusal(`The data directory ${path} is not a directory. Set another DATA_DIR.`),
      );
  });

  it('a directory that cannot be written to is refused with the user who needs it', async () => {
    mkdirSync(join(directory, 'lock'), { recursive: true });
    await expect(lockDataDirectory(directory)).rejects.toThrow(
      new Refusal(
        `The data directory ${directory} is not writable by user ${process.getuid?.()}. Give it to that user, or set another DATA_DIR.`,
      ),
    );
  });

  it('a server reports it in one sentence without a stack', async () => {
    writeFileSync(directory, '');
    const server = startServerProcess({ DATA_DIR: directory });
    expect(await server.exit).toBe(1);
    expect(server.stderr).toBe(`The data directory ${directory} is not a directory. Set another DATA_DIR.\n`);
  });

  it('one of twenty concurrent attempts gets the lock', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDirectory(directory)));
    const locked = results.filter((result) => result.status === 'fulfilled');

    expect(locked).toHaveLength(1);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Refusal);
    locked[0]?.value.release();
  });
});

describe('A second process', () => {
  it('a second server or command exits with 1 and names the process that holds the directory', async () => {
    const holder = startServerProcess({ DATA_DIR: directory });
    await holder.printed(/ready/);

    const second = startServerProcess({ DATA_DIR: directory });
    expect(await second.exit).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr).toBe(
      `The data directory ${directory} is in use by process ${holder.pid}. Stop that process first, or set another DATA_DIR.\n`,
    );
    const command = await gatehouse(['migrate'], { DATA_DIR: directory });
    expect(command).toMatchObject({ code: 1, stdout: '', stderr: second.stderr });
    expect(await stopped(holder)).toBe(0);
  });

  it('the directory of a killed process can be locked and has its data', async () => {
    await gatehouse(['seed'], { DATA_DIR: directory });
    const holder = startServerProcess({ DATA_DIR: directory });
    await holder.printed(/ready/);
    holder.kill('SIGKILL');
    await holder.exit;
    expect(readdirSync(directory)).toContain('pid');

    const next = startServerProcess({ DATA_DIR: directory });
    await next.printed(/ready/);
    expect(next.stdout).not.toContain('/setup?ticket=');
    expect(await stopped(next)).toBe(0);
  });

  it('a pid file that names a running process does not block the directory', async () => {
    const locked = await lockDataDirectory(directory);
    locked.release();
    writeFileSync(join(directory, 'pid'), '1');

    (await lockDataDirectory(directory)).release();
  });

  it('the directory of a zombie process can be locked', async () => {
    // exec replaces the shell with a program that never waits for its child, which therefore becomes a zombie.
    const script = `"${process.execPath}" src/server.ts & echo "pid $!"; exec sleep 60`;
    const env = { PATH: process.env.PATH, DATA_DIR: directory, PORT: '0' };
    const shell = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    await new Promise<void>((resolve) => {
      shell.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('ready')) resolve();
      });
    });
    const zombie = Number(/pid (\d+)/.exec(output)?.[1]);
    process.kill(zombie, 'SIGKILL');
    onTestFinished(() => void shell.kill('SIGKILL'));
    await expect.poll(() => stateOf(zombie)).toBe('Z');

    // The lock is released when the last thread of the process has ended.
    const locked = await vi.waitFor(() => lockDataDirectory(directory), { timeout: 10_000 });
    expect(stateOf(zombie)).toBe('Z');
    locked.release();
  });
});

describe('The secret key', () => {
  it('the key is created once, only its owner can read it, and no temporary file remains', async () => {
    const locked = await lockDataDirectory(directory);
    const key = readOrCreateSecretKey(locked);

    expect(Buffer.byteLength(key)).toBeGreaterThanOrEqual(32);
    expect(readOrCreateSecretKey(locked)).toBe(key);
    expect(statSync(join(directory, 'secret-key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).filter((name) => name.includes('unfinished'))).toEqual([]);
    locked.release();
  });

  it('another directory has another key', async () => {
    const [one, other] = await Promise.all([lockDataDirectory(directory), lockDataDirectory(`${directory}-other`)]);

    expect(readOrCreateSecretKey(one)).not.toBe(readOrCreateSecretKey(other));
    one.release();
    other.release();
  });

  it('the key is created even if an earlier start failed while it created one', async () => {
    const locked = await lockDataDirectory(directory);
    writeFileSync(join(directory, 'secret-key.unfinished'), 'half');

    expect(Buffer.byteLength(readOrCreateSecretKey(locked))).toBeGreaterThanOrEqual(32);
    locked.release();
  });

  it('a damaged key is never replaced, because everything derived from it would be lost', async () => {
    const locked = await lockDataDirectory(directory);
    writeFileSync(join(directory, 'secret-key'), 'short\n');

    expect(() => readOrCreateSecretKey(locked)).toThrow(/damaged/);
    expect(readFileSync(join(directory, 'secret-key'), 'utf8')).toBe('short\n');
    locked.release();
  });
});

async function stopped(server: ReturnType<typeof run>): Promise<number | null> {
  server.kill('SIGTERM');
  return server.exit;
}
