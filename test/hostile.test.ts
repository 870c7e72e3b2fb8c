import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { namesOfOthers } from './support/test-names.ts';

/** The cases that are dealt with so far: the letter of the section, and the numbers in it. */
const CASES: Record<string, readonly number[]> = {
  A: [1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25],
  B: [26, 28, 29, 31, 32, 34, 35, 37, 38, 40, 41, 43, 44],
  C: [46, 47, 49, 50, 52, 53, 55, 56],
  D: [58, 59, 61, 62, 64, 65, 67, 68],
  E: [70, 71, 73, 74, 76, 77, 79, 80, 82, 83, 85, 86, 88, 89, 91, 92, 94, 95],
  F: [97, 98, 100, 101, 103, 104, 106, 107, 109, 110, 112],
  G: [113, 115, 116, 118, 119, 121, 122, 124, 125, 127, 128],
  H: [130, 131, 133, 134, 136, 137, 139, 140, 142, 143, 145, 146],
  I: [148, 149, 151, 152, 154, 155, 157, 158, 160],
  J: [
    ...[161, 163, 164, 166, 167, 169, 170, 172, 173, 175, 176, 178, 179],
    ...[181, 182, 184, 185, 187, 188, 190, 191],
  ],
  K: [
    ...[193, 194, 196, 197, 199, 200, 202, 203, 205, 206, 208, 209, 211, 212, 214, 215, 217, 218],
    ...[220, 221, 223, 224, 226],
  ],
  L: [227, 229, 230, 232, 233, 235, 236, 238, 239, 241, 242, 244, 245],
  M: [247, 248, 250, 251, 253, 254, 256, 257, 259, 260, 262],
  N: [263, 265, 266, 268, 269, 271, 272],
  O: [274, 275, 277, 278, 280, 281, 283, 284],
  P: [286, 287, 289, 290, 292, 293],
  Q: [295, 296, 298, 299],
};

const cases = Object.entries(CASES).flatMap(([letter, numbers]) => numbers.map((number) => `${letter}${number}`));
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
  it.each(cases)('%s is tried by a test that carries its number, or is decided in hostile.md', (number) => {
    expect(new RegExp(`\\b${number}\\b`).test(names) || decided.includes(number)).toBe(true);
  });

  it('those decided otherwise name tests that are there', () => {
    expect(rows.length).toBeGreaterThan(20);
    for (const { row, tests } of rows) {
      expect([row, tests.length > 0]).toEqual([row, true]);
      for (const test of tests) {
        const there = [`${test}.test.ts`, `${test}.postgres.test.ts`, `../${test}.ts`].some((file) =>
          existsSync(join(import.meta.dirname, file)),
        );
        expect([row, test, there]).toEqual([row, test, true]);
      }
    }
  });
});
