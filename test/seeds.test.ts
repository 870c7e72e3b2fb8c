import { describe, expect, it } from 'vitest';
import { carries, casesIn, namesIn, namesOfOthers, readCases } from './support/test-names.ts';

const numbers = casesIn('seeds', /S\d-\d\d/);
/** Topics on which those servers differ. A test per topic shows which of them Gatehouse follows. */
const [, disagreements = ''] = readCases('seeds').split('## Where they disagree');
const topics = [...disagreements.matchAll(/^- \*\*(.+?)\*\*: /gm)].map(([, topic = '']) => topic);

const names = namesOfOthers('seeds.test.ts');

describe('Checks of the behaviour of other servers', () => {
  it('the checks in test/cases/seeds.md are numbered without gaps', () => {
    const last: Record<string, number> = { S0: 18, S1: 21, S2: 13, S3: 12, S4: 8 };
    const expected = Object.entries(last).flatMap(([system, count]) =>
      Array.from({ length: count }, (_, at) => `${system}-${String(at + 1).padStart(2, '0')}`),
    );
    expect(numbers).toEqual(expected);
    expect(topics.length).toBeGreaterThanOrEqual(15);
  });

  it('every check has a test that carries its number', () => {
    expect(numbers.filter((number) => !carries(names, number))).toEqual([]);
  });

  it('every topic on which the servers disagree has a test', () => {
    const lowerCaseNames = names.toLowerCase();
    expect(topics.filter((topic) => !lowerCaseNames.includes(`where they disagree: ${topic}`.toLowerCase()))).toEqual(
      [],
    );
  });

  it('numbers in comments and bodies of tests do not count', () => {
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
