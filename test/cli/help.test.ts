import { describe, expect, it } from 'vitest';
import { type Ended, gatehouse } from '../support/process.ts';

const cli = (line: string): Promise<Ended> => gatehouse(line.split(' '), {});

describe('--help', () => {
  it.each(['', 'serve', 'migrate', 'seed', 'user create', 'client create', 'client rotate-secret', 'scope create'])(
    'of `gatehouse %s` teaches with an example, and every command speaks JSON',
    async (command) => {
      const { code, stdout } = await cli(`${command} --help`.trim());

      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples?:\n {2}\$ /);
      if (command !== '') expect(stdout).toContain('--json');
    },
  );

  it('is pointed to when the command line is wrong: 2', async () => {
    expect(await cli('frobnicate')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--help') });
  });
});
