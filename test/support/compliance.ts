import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPENID } from './compliance-openid.ts';
import { OAUTH, type Section } from './compliance-sections.ts';

const tests = join(import.meta.dirname, '..');

/** Every specification, with the sections that say something to a server like this one. */
export const SPECIFICATIONS: Readonly<Record<string, readonly Section[]>> = { ...OAUTH, ...OPENID };

/** A suite or a test by its kind and name; neither comments nor what they do. */
const CALL = /^ *(describe|it)(?:\.\w+)?(?:\([^\n]*?\))?\(\s*(['"`])(.*?)\2,/gms;
const CITED =
  /RFC \d{4}|OpenID Connect (?:Core|Discovery) 1\.0|[A-Z][\w-]+ Logout(?: 1\.0)?|OWASP ASVS 5|Fetch|§[\dA-Z][\d.]*/g;

/** What a file's names cite, as `RFC 6749 §4.1`; a section without a specification is of the one named before it. */
export function citedIn(source: string): Set<string> {
  const cited = new Set<string>();
  let suite = '';
  for (const [, kind, , name = ''] of source.matchAll(CALL)) {
    let specification = kind === 'it' ? suite : '';
    for (const [word] of name.matchAll(CITED))
      if (word.startsWith('§')) cited.add(`${specification} ${word.replace(/\.$/, '')}`);
      else specification = word;
    if (kind === 'describe') suite = specification;
  }
  return cited;
}

/** Which test files cite what, by their paths without ending. */
export const citations = (): Map<string, Set<string>> =>
  new Map(
    globSync('**/*.test.ts', { cwd: tests }).map((file) => [
      file.replace(/\.test\.ts$/, '').replaceAll('\\', '/'),
      citedIn(readFileSync(join(tests, file), 'utf8')),
    ]),
  );

/** The tests of a section: those that name it or a part of it, and those it is said to have. */
export function testsOf(specification: string, [section, , proof]: Section, all: Map<string, Set<string>>): string[] {
  const whole = `${specification} §${section}`;
  const naming = [...all].filter(([, cited]) => [...cited].some((one) => one === whole || one.startsWith(`${whole}.`)));
  return [...new Set([...naming.map(([file]) => file), ...(proof && 'by' in proof ? proof.by : [])])].sort();
}

const HEAD = `# What is followed, and where it is tried

Made by \`npm run compliance\` from the names of the tests; \`test/compliance.test.ts\` holds that it is true. Paths are below \`test/\`.
`;

/** The whole table, as text. */
export function complianceTable(): string {
  const all = citations();
  const parts = Object.entries(SPECIFICATIONS).map(([specification, sections]) => {
    const rows = sections.map((section) => {
      const [number, asks, proof] = section;
      const proven = testsOf(specification, section, all).map((test) => `\`${test}\``);
      return `| §${number} | ${asks} | ${proof && 'not' in proof ? `does not apply: ${proof.not}` : proven.join(', ')} |`;
    });
    return `## ${specification}\n\n| section | asks | tests |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return [HEAD, ...parts].join('\n');
}

if (import.meta.main) process.stdout.write(complianceTable());
