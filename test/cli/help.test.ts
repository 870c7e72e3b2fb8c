import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { type Ended, gatehouse } from '../support/process.ts';

const cli = (line: string): Promise<Ended> => gatehouse(line.split(' '), {});

describe('--help', () => {
  it.each(['', 'serve', 'migrate', 'seed', 'user create', 'client create', 'client rotate-secret', 'scope create'])(
    'the help of `gatehouse %s` has an example, and every command has --json',
    async (command) => {
      const { code, stdout } = await cli(`${command} --help`.trim());

      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples?:\n {2}\$ /);
      if (command !== '') expect(stdout).toContain('--json');
    },
  );

  it('a closed output pipe is not an error', async () => {
    const child = spawn(process.execPath, ['src/cli.ts', 'client', 'create', '--help'], { stdio: 'pipe', env: {} });
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('an invalid command line exits with 2 and refers to --help', async () => {
    expect(await cli('frobnicate')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--help') });
  });
});

describe('--version', () => {
  it('the option prints the version of the package and needs no settings', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await cli('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
