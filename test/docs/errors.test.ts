import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEnumType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { OAuthError, type OAuthErrorCode } from '../../src/oauth/error.ts';

const page = readFileSync('docs/errors.md', 'utf8');

/** The rows of the table whose first column has this heading: cells by row. */
function tableOf(heading: string): string[][] {
  const [, table = ''] = page.split(`| \`${heading}\` |`);
  const [rows = ''] = table.split('\n\n');
  return rows
    .split('\n')
    .slice(2)
    .map((row) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, ...cells]) => cells);
}

const codesOf = (heading: string): string[] => tableOf(heading).map(([code = '']) => code.replaceAll('`', ''));

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found);

/** The keys of the one table of statuses. */
function oauthCodes(): string[] {
  const [, table = ''] = /const STATUS = \{([^}]*)\}/.exec(readFileSync('src/oauth/error.ts', 'utf8')) ?? [];
  return all(table, /^ *(\w+):/gm);
}

/** Every value that our code writes into `extensions.code`, where it stands. */
function graphqlCodes(): string[] {
  const sources = [...sourcesIn('src/graphql'), ...sourcesIn('src/http/graphql')];
  const [, domainCodes = ''] = /const CODES[^{]*\{([^}]*)\}/.exec(readFileSync('src/graphql/expose.ts', 'utf8')) ?? [];
  return [
    ...sources.flatMap((text) => all(text, /\bcode(?::| =) '([A-Z_]+)'/g)),
    ...sources.flatMap((text) => all(text, /badRequest\([^;]*?, '([A-Z_]+)'/g)),
    ...all(domainCodes, /'([A-Z_]+)'/g),
  ];
}

const sorted = (codes: readonly string[]): string[] => [...new Set(codes)].sort();

describe('docs/errors.md', () => {
  it('has every OAuth error code, and no other', () => {
    expect(oauthCodes()).toContain('invalid_grant');
    expect(sorted(codesOf('error'))).toEqual(sorted(oauthCodes()));
  });

  it('has the status of every OAuth error code', () => {
    const documented = tableOf('error').map(([code, status]) => `${code?.replaceAll('`', '')} ${status}`);
    const statusOf = (code: string) => new OAuthError(code as OAuthErrorCode, '').status;
    expect(documented.sort()).toEqual(
      oauthCodes()
        .map((code) => `${code} ${statusOf(code)}`)
        .sort(),
    );
  });

  it('has every code of GraphQL errors, and no other', () => {
    expect(graphqlCodes()).toEqual(
      expect.arrayContaining(['INSUFFICIENT_SCOPE', 'LIMIT_EXCEEDED', 'PAYLOAD_TOO_LARGE']),
    );
    expect(sorted(codesOf('extensions.code'))).toEqual(sorted(graphqlCodes()));
  });

  it('has every code of input errors, and no other', () => {
    const type = schema.getType('UserErrorCode');
    const declared = isEnumType(type) ? type.getValues().map(({ name }) => name) : [];
    expect(sorted(codesOf('errors.code'))).toEqual(sorted(declared));
  });

  it('gives a cause and a remedy for each', () => {
    for (const heading of ['error', 'extensions.code', 'errors.code'])
      for (const row of tableOf(heading))
        expect(row.filter((cell) => cell !== '').length, row[0]).toBe(heading === 'errors.code' ? 3 : 4);
  });
});
