import { describe, expect, it } from 'vitest';
import { namesIn, namesOfOthers } from './support/test-names.ts';

/** How many checks there are for each of the systems that Gatehouse takes the place of: `S0-01` to `S0-18`, and so on. */
const CHECKS = { S0: 18, S1: 21, S2: 13, S3: 12, S4: 8 };

/** Where those systems contradict each other: each has a test that says which of them we follow. */
const DISAGREEMENTS = [
  'paths',
  'body encoding',
  'client authentication',
  '`redirect_uri` at the exchange',
  '`state`, PKCE',
  'no scope asked',
  'refresh token',
  'expiry',
  'client_credentials on directory fields',
  'S0-03',
  'S3-10, S4-06, S4-07',
  '`me`',
  'old access token after a refresh',
  'success status',
  'passwords',
];

const numbers = Object.entries(CHECKS).flatMap(([system, count]) =>
  Array.from({ length: count }, (_, at) => `${system}-${String(at + 1).padStart(2, '0')}`),
);

const names = namesOfOthers('seeds.test.ts');

describe('What other systems do, as checks', () => {
  it.each(numbers)('%s has a test that carries its number', (number) => {
    expect(names).toMatch(new RegExp(`\\b${number}\\b`));
  });

  it.each(DISAGREEMENTS)('where they disagree, a test decides: %s', (topic) => {
    expect(names.toLowerCase()).toContain(`where they disagree: ${topic}`.toLowerCase());
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
