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

/** Where a process keeps its compiled code that was told to keep it there; nothing if nowhere. */
function kept(directory: string): string {
  const script = `
    import { getCompileCacheDir } from 'node:module';
    import { keepCompiledCode } from ${JSON.stringify(source)};
    keepCompiledCode(${JSON.stringify(directory)});
    process.stdout.write(getCompileCacheDir() ?? '');`;
  const args = ['--input-type=module', '--eval', script];
  return execFileSync(process.execPath, args, { encoding: 'utf8', env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
}

describe.skipIf(process.platform === 'win32')('compiled code, which runs without being read again', () => {
  it('is kept where only this user can write', () => {
    const own = join(home, 'own');
    expect(kept(own)).toContain(own);
    expect(statSync(own).mode & 0o777).toBe(0o700);
    expect(kept(own)).toContain(own);
  });

  it.each(['770', '707', '750'])('is not kept where others can go (mode %s)', (mode) => {
    const open = join(home, `open-${mode}`);
    mkdirSync(open);
    chmodSync(open, Number.parseInt(mode, 8));
    expect(kept(open)).toBe('');
  });

  it('is not kept where a link leads', () => {
    const link = join(home, 'link');
    mkdirSync(join(home, 'behind'), { mode: 0o700 });
    symlinkSync(join(home, 'behind'), link);
    expect(kept(link)).toBe('');
  });

  it('is not kept where nothing can be made, which hinders no start', () => {
    writeFileSync(join(home, 'file'), '');
    expect(kept(join(home, 'file', 'below'))).toBe('');
  });
});
