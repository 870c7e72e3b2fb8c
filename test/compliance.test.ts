import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complianceDocument, SPECIFICATIONS, testNames } from './compliance/document.ts';
import { specification } from './compliance/specification.ts';

const names = testNames();
const requirements = SPECIFICATIONS.flatMap(({ name, requirements: asked }) =>
  asked.map((requirement) => [`${name} §${requirement.section}: ${requirement.asks}`, requirement] as const),
);

/** What the names of tests cite. */
const CITED = /RFC \d{4}|OpenID Connect (?:Core|Discovery) 1\.0|[A-Z][\w-]+ Logout(?= §)/g;

describe('docs/compliance.md', () => {
  it('is as the tables and the tests are: if not, npm run compliance', () => {
    const written = readFileSync(join(import.meta.dirname, '../docs/compliance.md'), 'utf8');
    expect(written).toBe(complianceDocument(names));
  });

  it('has many rows, and none twice', () => {
    expect(requirements.length).toBeGreaterThan(200);
    expect(new Set(requirements.map(([name]) => name)).size).toBe(requirements.length);
  });

  it('has a proof for every requirement that is held, and for what is done instead', () => {
    const unproven = requirements.filter(([, { proofs, not }]) => proofs.length === 0 && not?.answer !== 'not offered');
    expect(unproven.map(([requirement]) => requirement)).toEqual([]);
  });

  it('names only tests that exist', () => {
    const missing = requirements.flatMap(([requirement, { proofs }]) =>
      proofs
        .filter(({ file, name }) => !names.get(file)?.some((known) => known.includes(name)))
        .map(({ file, name }) => `${requirement}: ${file}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('knows every standard that the name of a test cites', () => {
    const known = SPECIFICATIONS.map(({ name }) => name);
    const cited = [...names].flatMap(([file, list]) =>
      list.flatMap((name) => (name.match(CITED) ?? []).map((standard) => [standard, file])),
    );
    expect(cited.length).toBeGreaterThan(50);
    expect(cited.filter(([standard = '']) => !known.includes(standard))).toEqual([]);
  });
});

describe('A table', () => {
  const read = (text: string) => specification('RFC 1', 'One', 'https://example.com', text).requirements;

  it('is requirements, each with what answers it', () => {
    expect(read('\n1.2  MUST  be so\n  a/b: it is: so\n  not held: who knows\n3  MAY  be\n')).toEqual([
      {
        ...{ section: '1.2', level: 'MUST', asks: 'be so', proofs: [{ file: 'a/b', name: 'it is: so' }] },
        not: { answer: 'not held', why: 'who knows' },
      },
      { section: '3', level: 'MAY', asks: 'be', proofs: [] },
    ]);
  });

  it.each([
    '  a/b: before any',
    '1.2 MUST be so',
    '1.2  COULD  be so',
    '1  MAY  be\n  held',
    '1  MAY  be\n  not held:',
  ])('is nothing else: %j', (text) => {
    expect(() => read(text)).toThrow('neither');
  });
});
