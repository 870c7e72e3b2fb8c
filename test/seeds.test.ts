import { describe, expect, it } from 'vitest';
import { carries, casesIn, namesIn, namesOfOthers, readCases } from './support/test-names.ts';

const numbers = casesIn('seeds', /S\d-\d\d/);
/** Where those servers contradict each other: each topic has a test that says which of them Gatehouse follows. */
const [, disagreements = ''] = readCases('seeds').split('## Where they disagree');
const topics = [...disagreements.matchAll(/^- \*\*(.+?)\*\*: /gm)].map(([, topic = '']) => topic);

const names = namesOfOthers('seeds.test.ts');

describe('What other servers do, as checks', () => {
  it('are numbered in test/cases/seeds.md, without a gap', () => {
    const last: Record<string, number> = { S0: 18, S1: 21, S2: 13, S3: 12, S4: 8 };
    const expected = Object.entries(last).flatMap(([system, count]) =>
      Array.from({ length: count }, (_, at) => `${system}-${String(at + 1).padStart(2, '0')}`),
    );
    expect(numbers).toEqual(expected);
    expect(topics.length).toBeGreaterThanOrEqual(15);
  });

  it('each have a test that carries its number', () => {
    expect(numbers.filter((number) => !carries(names, number))).toEqual([]);
  });

  it('have a test that decides wherever they disagree', () => {
    const decided = names.toLowerCase();
    expect(topics.filter((topic) => !decided.includes(`where they disagree: ${topic}`.toLowerCase()))).toEqual([]);
  });

  it('counts names, and not what a comment or a body says', () => {
    const source = [
      "describe('S9-01 a suite', () => {",
      '  // S9-02 in a comment',
      "  it('S9-03 a test', () => expect('S9-04').toBe(1));",
      "  it.each(['a'])('S9-05 %s', () => {});",
      '  it.each([',
      "    ['S9-06'],",
      "  ])('S9-07 %s', () => {});",
      '  it(',
      '    `S9-08 a long one`,',
    ];
    expect(namesIn(source.join('\n')).match(/S9-\d\d/g)).toEqual(['S9-01', 'S9-03', 'S9-05', 'S9-07', 'S9-08']);
  });
});
