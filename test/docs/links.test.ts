import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = ['.', 'docs'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => normalize(join(folder, name))),
);

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

const prose = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '');

/** Targets of links and images that lead to a place in the repository. */
const linksIn = (text: string): string[] =>
  [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^\w+:/.test(target));

/** Inline code and code blocks. */
const codeIn = (text: string): string =>
  [...text.matchAll(/^```\w*\n([\s\S]*?)^```$|`([^`\n]+)`/gm)].map(([, block, inline]) => block ?? inline).join('\n');

/** Words of code that begin with one of our folders; patterns such as `test/…` and `<file>` are no paths. */
const pathsIn = (text: string): string[] =>
  codeIn(text)
    .split(/[\s'"=:,()]+/)
    .filter((word) => /^(src|test|docs|bench|migrations|bin)\/[\w./-]*$/.test(word));

/** Scripts that the documentation asks the reader to run. */
const scriptsIn = (text: string): string[] => [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);

function broken(page: string, text: string): string[] {
  const links = linksIn(text).filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(file)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor);
  });
  return [...links, ...pathsIn(text).filter((path) => !existsSync(path))].map((target) => `${page}: ${target}`);
}

describe('the documentation', () => {
  it('links to files and headings that exist, and names paths that exist', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/tutorial.md']));
    expect(pages.flatMap((page) => broken(page, readFileSync(page, 'utf8')))).toEqual([]);
  });

  it('is checked for links, headings and paths', () => {
    const text =
      '[a](docs/no-such-page.md) [b](README.md#no-such-heading) [c](#here) `src/no-such-file.ts` `src/cli.ts`';
    expect(broken('README.md', text)).toEqual([
      'README.md: docs/no-such-page.md',
      'README.md: README.md#no-such-heading',
      'README.md: #here',
      'README.md: src/no-such-file.ts',
    ]);
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const named = pages.flatMap((page) => scriptsIn(readFileSync(page, 'utf8')));
    expect(named).toContain('seed');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names metrics that exist', () => {
    const folder = 'src/http/operations';
    const declared = readdirSync(folder)
      .filter((name) => name.includes('metrics'))
      .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/name: '(\w+)'/g)])
      .map(([, name = '']) => name);
    const operations = readFileSync('docs/operations.md', 'utf8');
    const named = [...operations.matchAll(/\b(?:gatehouse|process)_\w+/g)].map(([name]) => name);

    expect(named.filter((name) => !declared.includes(name.replace(/_(bucket|count|sum)$/, '')))).toEqual([]);
    expect(declared.filter((name) => !named.includes(name))).toEqual([]);
  });
});
