import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, getPriority } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hashPassword, isOutdated, verifyPassword } from '../../src/crypto/passwords.ts';
import { Overloaded } from '../../src/overloaded.ts';
import { isTransientError } from '../../src/store/connection/sql-errors.ts';

const PASSWORD = 'correct horse battery';
afterEach(() => void vi.useRealTimers());

describe('verifyPassword', () => {
  it('a password matches its own hash and no other', async () => {
    const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    expect(isOutdated(one)).toBe(false);
    expect(await verifyPassword(one, PASSWORD)).toBe(true);
    expect(await verifyPassword(one, `${PASSWORD} `)).toBe(false);
    expect(await verifyPassword(null, PASSWORD)).toBe(false);
  });

  it('an error about an invalid hash does not contain the password', async () => {
    for (const stored of ['', 'x', '$argon2id$v=19$m=19456,t=2,p=1$', `$2b$10$${'a'.repeat(53)}`]) {
      const error = await verifyPassword(stored, PASSWORD).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: null, showHidden: true })).not.toContain(PASSWORD);
    }
    expect(await verifyPassword(await hashPassword(PASSWORD), PASSWORD)).toBe(true);
  });
});

describe('The hashing queue', () => {
  it('a full queue rejects further passwords at once and serves the waiting ones', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: availableParallelism() + 150 }, () => verifyPassword(null, PASSWORD)),
    );
    const refused = results.filter((one) => one.status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(50);
    expect(refused.length).toBeLessThanOrEqual(50 + availableParallelism());
    expect(refused.every(({ reason }) => reason instanceof Overloaded && isTransientError(reason))).toBe(true);
    expect(await verifyPassword(null, PASSWORD)).toBe(false);
  });

  it('a stuck thread fails its own job, and later jobs get a new thread', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const endless = `$argon2id$v=19$m=65536,t=100,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;
    const waiting = verifyPassword(endless, PASSWORD).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(20_001);
    const error = await waiting;
    expect(error).toBeInstanceOf(Overloaded);
    expect(isTransientError(error)).toBe(true);
    vi.useRealTimers();
    expect(await verifyPassword(await hashPassword(PASSWORD), PASSWORD)).toBe(true);
  });

  it.runIf(process.platform === 'linux')(
    'hashing threads have a lower priority than all other threads of the process',
    async () => {
      await hashPassword(PASSWORD);
      const threads = readdirSync('/proc/self/task').map((id) => {
        const stat = readFileSync(`/proc/self/task/${id}/stat`, 'utf8');
        const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(stat) ?? [];
        return { hashes: name === 'argon2id', priority: Number(rest.split(' ')[16]) };
      });
      const ours = threads.filter(({ hashes }) => hashes);
      expect(ours.length).toBeGreaterThan(0);
      for (const { priority } of ours) expect(priority).toBe(Math.min(getPriority() + 10, 19));
      for (const { hashes, priority } of threads) if (!hashes) expect(priority).toBe(getPriority());
    },
  );

  it('only a running job keeps the process alive', async () => {
    const passwords = join(import.meta.dirname, '../../src/crypto/passwords.ts');
    const script = `import { hashPassword } from ${JSON.stringify(passwords)}; console.log(await hashPassword('x'))`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, printed }).toEqual({ code: 0, printed: expect.stringMatching(/^\$argon2id\$/) });
  });
});
