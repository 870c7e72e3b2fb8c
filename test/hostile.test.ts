import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { carries, casesIn, namesOfOthers } from './support/test-names.ts';

const cases = casesIn('hostile', /[A-Q]\d+/);
const names = namesOfOthers('hostile.test.ts');

/** The rows of the tables: where our answer is another one. */
const rows = readFileSync(join(import.meta.dirname, 'hostile.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]\d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, row = '', , , tests = '']) => ({
    row,
    tests: [...tests.matchAll(/`([^`]+)`/g)].map(([, test = '']) => test),
  }));

const decided = rows.flatMap(({ row }) => row.split(', '));

describe('Hostile cases', () => {
  it('are numbered in test/cases/hostile.md, none twice', () => {
    expect(cases.length).toBeGreaterThanOrEqual(200);
    expect(new Set(cases).size).toBe(cases.length);
  });

  it('are each tried by a test that carries its number, or decided in hostile.md', () => {
    expect(cases.filter((number) => !carries(names, number) && !decided.includes(number))).toEqual([]);
  });

  it('those decided otherwise name tests that are there', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
    const missing = rows.flatMap(({ row, tests }) =>
      tests.filter((test) => !isThere(test)).map((test) => `${row}: ${test}`),
    );
    expect(missing).toEqual([]);
  });
});

const isThere = (test: string): boolean =>
  [`${test}.test.ts`, `${test}.postgres.test.ts`, `../${test}.ts`].some((file) =>
    existsSync(join(import.meta.dirname, file)),
  );
