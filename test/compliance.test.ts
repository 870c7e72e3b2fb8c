import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { citations, citedIn, SPECIFICATIONS, testsOf } from './support/compliance.ts';

const written = readFileSync(join(import.meta.dirname, '../docs/compliance.md'), 'utf8');
const all = citations();

/** The rows of docs/compliance.md, by specification and section. */
const rows = new Map<string, { asks: string; tests: string[]; told: string }>();
for (const part of written.split(/^## /m).slice(1)) {
  const [specification = ''] = part.split('\n');
  for (const [, section, asks = '', told = ''] of part.matchAll(/^\| §(\S+) \| (.*?) \| (.*) \|$/gm))
    rows.set(`${specification} §${section}`, {
      asks,
      told,
      tests: [...told.matchAll(/`([^`]+)`/g)].map(([, test = '']) => test),
    });
}

const sections = Object.entries(SPECIFICATIONS).flatMap(([specification, list]) =>
  list.map((section) => [`${specification} §${section[0]}`, specification, section] as const),
);

describe('docs/compliance.md', () => {
  it('has every section, and no other', () => {
    expect(sections.length).toBeGreaterThan(90);
    expect([...rows.keys()]).toEqual(sections.map(([name]) => name));
  });

  it.each(sections)('%s is tried by the tests it names, or says why not', (name, specification, section) => {
    const [, asks, proof] = section;
    const row = rows.get(name);
    expect(row?.asks).toBe(asks);
    if (proof && 'not' in proof) return expect(row?.told).toBe(`does not apply: ${proof.not}`);
    expect(row?.tests.length).toBeGreaterThan(0);
    // A test that came since may be missing; one that has gone may not be there.
    expect(testsOf(specification, section, all)).toEqual(expect.arrayContaining(row?.tests ?? []));
    for (const test of row?.tests ?? [])
      expect([test, existsSync(join(import.meta.dirname, `${test}.test.ts`))]).toEqual([test, true]);
  });

  it('reads what the names of tests cite', () => {
    const source = `describe('RFC 6749 §4.1, §4.2: codes; RFC 7636', () => {
  it('§4.6 belongs to the last one named', () => {});
  it.each([1])('RFC 9207 §2: iss', () => {});
});
describe('of our own', () => {
  it('§1 is of nothing', () => {});
`;
    expect([...citedIn(source)]).toEqual([
      ...['RFC 6749 §4.1', 'RFC 6749 §4.2', 'RFC 7636 §4.6', 'RFC 9207 §2', ' §1'],
    ]);
  });
});
