import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namesIn, rowsIn } from '../support/test-names.ts';
import { CLIENTS } from './clients.ts';
import { FRAMEWORK } from './framework.ts';
import { HTTP } from './http.ts';
import { JOSE } from './jose.ts';
import { LOGOUT_AND_OTHERS } from './logout.ts';
import { METADATA } from './metadata.ts';
import { OPENID } from './openid.ts';
import { SECURITY } from './security.ts';
import type { Requirement, Specification } from './specification.ts';
import { TOKENS } from './tokens.ts';

const tests = join(import.meta.dirname, '..');

export const SPECIFICATIONS: readonly Specification[] = [
  ...[...FRAMEWORK, ...TOKENS, ...CLIENTS, ...JOSE, ...METADATA],
  ...[...SECURITY, ...OPENID, ...LOGOUT_AND_OTHERS, ...HTTP],
];

/** What a file's tables of cases are keyed by, for tests whose name is the key. */
const keysIn = (source: string): string[] => [...source.matchAll(/^ {2}'([^'\n]+)': /gm)].map(([, key = '']) => key);

/** Every name in every test file, by the file's path below test/ without its ending. */
export const testNames = (): ReadonlyMap<string, readonly string[]> =>
  new Map(
    globSync('**/*.test.ts', { cwd: tests })
      .map((file) => [file.replaceAll('\\', '/').replace(/\.test\.ts$/, ''), readFileSync(join(tests, file), 'utf8')])
      .map(([file = '', source = '']) => [
        file,
        [...namesIn(source).split('\n'), ...keysIn(source), ...rowsIn(source).split('\n')],
      ]),
  );

const HEAD = `# What the standards ask, and what proves it

Made by \`npm run compliance\` from the tables in \`test/compliance/\` and the names of the tests; a test holds that each of these tests is there and that this page is as they are.

*Held*: the tests named prove it. *Not offered*: optional, and left out for the reason given. *Not held*: asked for, and done otherwise for the reason given. Sections are told in our own words; the standard itself is what counts.

`;

export function complianceDocument(names: ReadonlyMap<string, readonly string[]>): string {
  const counted = ['| standard | held | not offered | not held |', '| --- | --- | --- | --- |'];
  for (const { name, title, requirements } of SPECIFICATIONS) {
    const answers = ['held', 'not offered', 'not held'].map(
      (answer) => requirements.filter((requirement) => answerTo(requirement) === answer).length,
    );
    counted.push(`| ${heading(name, title)} | ${answers.join(' | ')} |`);
  }
  const parts = SPECIFICATIONS.map(({ name, title, url, requirements }) =>
    [
      `## [${heading(name, title)}](${url})`,
      '',
      '| section | level | asks | answer | proof |',
      '| --- | --- | --- | --- | --- |',
      ...requirements.map((requirement) => row(requirement, names)),
    ].join('\n'),
  );
  return `${HEAD}${counted.join('\n')}\n\n${parts.join('\n\n')}\n`;
}

/** Where the name of a test has a case of its table put into it. */
const PLACEHOLDER = /%[a-z]\b|%#|\$\{?[\w.]+\}?/g;

const heading = (name: string, title: string): string => {
  if (title.includes(name)) return title;
  return name.includes(title) ? name : `${name}: ${title}`;
};

const answerTo = ({ not }: Requirement): string => not?.answer ?? 'held';

function row(requirement: Requirement, names: ReadonlyMap<string, readonly string[]>): string {
  const { section, level, asks, proofs, not } = requirement;
  const proven = proofs.map(({ file, name }) => {
    const whole = names.get(file)?.find((known) => known.includes(name)) ?? name;
    return `[\`${file}\`](../test/${file}.test.ts): ${cell(whole.replace(PLACEHOLDER, '…'))}`;
  });
  const numbered = /^\d/.test(section) ? `§${section}` : section;
  const answer = not ? `${not.answer}: ${cell(not.why)}` : 'held';
  return `| ${numbered} | ${level} | ${cell(asks)} | ${answer} | ${proven.join('<br>')} |`;
}

/** Names of tests are any text: none of it is markup here. */
const cell = (text: string): string => text.replaceAll('\n', ' ').replace(/[|<>*_`[\]\\]/g, '\\$&');

if (import.meta.main) process.stdout.write(complianceDocument(testNames()));
