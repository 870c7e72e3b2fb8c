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

/** A list under `test/cases/`. */
export const readCases = (list: string): string => readFileSync(join(tests, 'cases', `${list}.md`), 'utf8');

/** The numbers of the cases in it, each at the beginning of its line. */
export const casesIn = (list: string, number: RegExp): string[] =>
  [...readCases(list).matchAll(new RegExp(`^- (${number.source}): `, 'gm'))].map(([, one = '']) => one);

/** True if a test carries the number in its name. */
export const carries = (names: string, number: string): boolean => new RegExp(`\\b${number}\\b`).test(names);
