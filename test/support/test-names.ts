import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const tests = join(import.meta.dirname, '..');

/** What a file calls its suites and its tests; neither comments nor what they do. */
export function namesIn(source: string): string {
  const calls = source.matchAll(/^ *(?:(?:describe|it)(?:\.\w+)?(?:\([^\n]*?\))?|\]\)|\}\))\(\s*(['"`])(.*?)\1,/gms);
  return [...calls].map(([, , name]) => name).join('\n');
}

/** What a file's tables of cases begin their rows with, for tests whose name is made of it. */
export const rowsIn = (source: string): string =>
  [...source.matchAll(/^ *\[\s*'([^'\n]*)'/gm)].map(([, first]) => first).join('\n');

/** The names of all tests there are, and what their tables make of them, but for those of the file that asks. */
export const namesOfOthers = (asking: string): string =>
  globSync('**/*.test.ts', { cwd: tests })
    .filter((file) => file !== asking)
    .map((file) => readFileSync(join(tests, file), 'utf8'))
    .map((source) => `${namesIn(source)}\n${rowsIn(source)}`)
    .join('\n');
