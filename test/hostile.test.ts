import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carries, casesIn, namesOfOthers } from './support/test-names.ts';

const cases = casesIn('hostile', /[A-Q]\d+/);
const names = namesOfOthers('hostile.test.ts');

/** The rows of the tables of deviations. */
const rows = readFileSync(join(import.meta.dirname, 'hostile.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]\d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, row = '', , , tests = '']) => ({
    row,
    tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, test = '']) => test),
  }));

const deviating = rows.flatMap(({ row }) => row.split(', '));

describe('Hostile cases', () => {
  it('the cases in test/cases/hostile.md have unique numbers', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    expect(new Set(cases).size).toBe(cases.length);
  });

  it('every case has a test that carries its number, or is listed in hostile.md', () => {
    expect(cases.filter((number) => !carries(names, number) && !deviating.includes(number))).toEqual([]);
  });

  it('every row of hostile.md cites existing tests', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
    const missing = rows.flatMap(({ row, tests }) =>
      tests.filter((test) => !exists(test)).map((test) => `${row}: ${test}`),
    );
    expect(missing).toEqual([]);
  });
});

const exists = (test: string): boolean =>
  [`${test}.test.ts`, `${test}.postgres.test.ts`, `../${test}.ts`].some((file) =>
    existsSync(join(import.meta.dirname, file)),
  );
