import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const tests = join(import.meta.dirname, '..');

/** The names of the suites and tests of a file, without comments and bodies. */
export function namesIn(source: string): string {
  const calls = source.matchAll(/^ *(?:(?:describe|it)(?:\.\w+)?(?:\([^\n]*?\))?|\]\)|\}\))\(\s*(['"`])(.*?)\1,/gms);
  return [...calls].map(([, , name]) => name).join('\n');
}

/** The first cell of each row of a file's tables of cases, for tests that are named by it. */
export const rowsIn = (source: string): string =>
  [...source.matchAll(/^ *\[\s*'([^'\n]*)'/gm)].map(([, first]) => first).join('\n');

/** The names of all tests and the first cells of their tables, without those of the calling file. */
export const namesOfOthers = (caller: string): string =>
  globSync('**/*.test.ts', { cwd: tests })
    .filter((file) => file !== caller)
    .map((file) => readFileSync(join(tests, file), 'utf8'))
    .map((source) => `${namesIn(source)}\n${rowsIn(source)}`)
    .join('\n');

/** A list under `test/cases/`. */
export const readCases = (list: string): string => readFileSync(join(tests, 'cases', `${list}.md`), 'utf8');

/** The numbers of the cases in a list, each at the beginning of a line. */
export const casesIn = (list: string, number: RegExp): string[] =>
  [...readCases(list).matchAll(new RegExp(`^- (${number.source}): `, 'gm'))].map(([, one = '']) => one);

/** True if the names contain the number. */
export const carries = (names: string, number: string): boolean => new RegExp(`\\b${number}\\b`).test(names);
