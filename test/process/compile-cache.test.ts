import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'gatehouse-compiled-'));
});
afterAll(() => rmSync(home, { recursive: true }));

const source = join(import.meta.dirname, '../../src/process/compile-cache.ts');

/** The cache directory that a new process uses when this one is requested; empty if it uses none. */
function cacheDirectory(directory: string): string {
  const script = `
    import { getCompileCacheDir } from 'node:module';
    import { useCompileCache } from ${JSON.stringify(source)};
    useCompileCache(${JSON.stringify(directory)});
    process.stdout.write(getCompileCacheDir() ?? '');`;
  const args = ['--input-type=module', '--eval', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8', env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
}

describe.skipIf(process.platform === 'win32')('The compile cache', () => {
  it('a directory that only this user can enter is used', () => {
    const own = join(home, 'own');
    expect(cacheDirectory(own)).toContain(own);
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(cacheDirectory(own)).toContain(own);
  });

  it.each(['770', '707', '750'])('a directory that others can enter is not used (mode %s)', (mode) => {
    const open = join(home, `open-${mode}`);
    mkdirSync(open);
    chmodSync(open, Number.parseInt(mode, 8));
    expect(cacheDirectory(open)).toBe('');
  });

  it('a symbolic link is not followed', () => {
    const link = join(home, 'link');
    mkdirSync(join(home, 'behind'), { mode: 0o700 });
    symlinkSync(join(home, 'behind'), link);
    expect(cacheDirectory(link)).toBe('');
  });

  it('a path that cannot be created is not used and does not prevent the start', () => {
    writeFileSync(join(home, 'file'), '');
    expect(cacheDirectory(join(home, 'file', 'below'))).toBe('');
  });
});
