import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complianceDocument, SPECIFICATIONS, testNames } from './compliance/document.ts';
import { specification } from './compliance/specification.ts';

const names = testNames();
const requirements = SPECIFICATIONS.flatMap(({ name, requirements: list }) =>
  list.map((requirement) => [`${name} §${requirement.section}: ${requirement.text}`, requirement] as const),
);

/** Standards that test names cite. */
const CITED = /RFC \d{4}|OpenID Connect (?:Core|Discovery) 1\.0|[A-Z][\w-]+ Logout(?= §)/g;

describe('docs/compliance.md', () => {
  it('the page is up to date (otherwise run npm run compliance)', () => {
    const written = readFileSync(join(import.meta.dirname, '../docs/compliance.md'), 'utf8');
    expect(written).toBe(complianceDocument(names));
  });

  it('the tables have many rows and no duplicates', () => {
    expect(requirements.length).toBeGreaterThan(200);
    expect(new Set(requirements.map(([name]) => name)).size).toBe(requirements.length);
  });

  it('every requirement that is met or deviates has a test', () => {
    const unproven = requirements.filter(
      ([, { proofs, exception }]) => proofs.length === 0 && exception?.status !== 'not offered',
    );
    expect(unproven.map(([requirement]) => requirement)).toEqual([]);
  });

  it('every cited test exists', () => {
    const missing = requirements.flatMap(([requirement, { proofs }]) =>
      proofs
        .filter(({ file, name }) => !names.get(file)?.some((known) => known.includes(name)))
        .map(({ file, name }) => `${requirement}: ${file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('every standard that a test name cites is listed', () => {
    const known = SPECIFICATIONS.map(({ name }) => name);
    const cited = [...names].flatMap(([file, list]) =>
      list.flatMap((name) => (name.match(CITED) ?? []).map((standard) => [standard, file])),
    );
    expect(cited.length).toBeGreaterThan(50);
    expect(cited.filter(([standard = '']) => !known.includes(standard))).toEqual([]);
  });
});

describe('A table of requirements', () => {
  const parse = (text: string) => specification('RFC 1', 'One', 'https://example.com', text).requirements;

  it('each requirement is parsed with its tests and its exception', () => {
    expect(parse('\n1.2  MUST  be so\n  a/b: it is: so\n  deviates: some reason\n3  MAY  be\n')).toEqual([
      {
        ...{ section: '1.2', level: 'MUST', text: 'be so', proofs: [{ file: 'a/b', name: 'it is: so' }] },
        exception: { status: 'deviates', reason: 'some reason' },
      },
      { section: '3', level: 'MAY', text: 'be', proofs: [] },
    ]);
  });

  it.each(['  a/b: before any', '1.2 MUST be so', '1.2  COULD  be so', '1  MAY  be\n  met', '1  MAY  be\n  deviates:'])(
    'an invalid line is refused: %j',
    (text) => {
      expect(() => parse(text)).toThrow('neither');
    },
  );
});
