import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/**
 * From the top down: an import goes to the same floor or to one below. A floor is the first folder of a path. Where the rooms of
 * a floor are named, they are ordered as well; `.` is the floor's own files.
 */
const FLOORS: readonly (readonly [floor: string, ...rooms: string[]])[] = [
  ['server'],
  ['cli'],
  ['process'],
  ['http', 'graphql', 'endpoints', 'site', 'operations', 'pages'],
  ['graphql', 'execution', 'types', 'subscriptions', 'access'],
  ['oauth', 'registration', 'tokens/grants', 'authorize', 'openid', 'tokens', 'clients', 'keys', 'scopes'],
  ['directory'],
  ['store', '.', 'migration', 'audit', 'connection', 'entities'],
  ['log'],
  ['config'],
  ['settings'],
  ['setting-values'],
  ['crypto'],
  ['overloaded'],
];
const CLOCKS = ['src/http/app.ts', 'src/process/serve.ts', 'src/cli/command.ts', 'src/cli/doctor.ts'];

/** These files run in the browser, where they may read the clock. */
const IN_THE_BROWSER = /^src\/http\/graphql\/graphiql\/.*\.js$/;

/** Floor and room of a file; -1 for a floor that does not exist, and for a room whose place on its floor is not declared. */
function placeOf(file: string): { readonly floor: number; readonly room: number } {
  const [, name = '', ...rest] = file.replace(/\.[jt]s$/, '').split('/');
  const floor = FLOORS.findIndex(([of]) => of === name);
  const folder = rest.slice(0, -1).join('/') || '.';
  const [, ...rooms] = FLOORS[floor] ?? [''];
  return { floor, room: rooms.indexOf(folder) };
}

/** True if the first file must not import the second. */
function goesUp(from: string, to: string): boolean {
  const [above, below] = [placeOf(from), placeOf(to)];
  if (below.floor !== above.floor) return below.floor < above.floor;
  return below.room >= 0 && below.room < above.room;
}

/** All violations of the layout rules in one file. */
function violations(file: string, text: string): string[] {
  const found: string[] = [];
  // Imports do not count: their length depends on where the file lies. Generated files are as long as their source makes them.
  const lines = text.replace(/^import [^;]*;\n/gm, '').split('\n').length - 1;
  if (lines > 200 && !file.endsWith('.generated.ts')) found.push('has more than 200 lines');
  if (!file.startsWith('src/')) return found;

  if (placeOf(file).floor < 0) found.push('lies on no floor');
  for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const target = posix.join(posix.dirname(file), specifier);
    if (goesUp(file, target)) found.push(`imports ${target}, which lies above it`);
  }
  if (/\bfrom '(koa|node:http)'/.test(text) && !/^src\/(http\/|process\/listen\.ts)/.test(file))
    found.push('uses HTTP outside http/');
  if (
    text.includes('process.env') &&
    file !== 'src/config.ts' &&
    !/^if \(import\.meta\.main\).*process\.env/m.test(text)
  )
    found.push('reads the environment');
  if (/new Date\(\)|Date\.now\(|performance\.now\(/.test(text) && !CLOCKS.includes(file) && !IN_THE_BROWSER.test(file))
    found.push('reads the clock');
  if (/^export default/m.test(text)) found.push('has a default export');
  if (/^export \*/m.test(text)) found.push('is a barrel');
  if (/(^|\/)(utils?|helpers?|common|shared|misc)(\/|\.ts$)/.test(file)) found.push('has no name of its own');
  if (!/^[a-z0-9./-]+$/.test(file)) found.push('is not named in kebab-case');
  return found;
}

const files = ['src', 'test', 'bench']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name) && !entry.parentPath.includes('node_modules'))
  .map((entry) => normalize(relative(root, join(entry.parentPath, entry.name))).replaceAll('\\', '/'));

/** A file, its violation and its text. */
const BROKEN: readonly [file: string, violation: string, text: string][] = [
  [
    'src/oauth/scopes/scope.ts',
    'imports src/http/app.ts, which lies above it',
    "import { createApp } from '../../http/app.ts';",
  ],
  [
    'src/directory/names.ts',
    'imports src/oauth/scopes/scope.ts, which lies above it',
    "import { SCOPES } from '../oauth/scopes/scope.ts';",
  ],
  [
    'src/store/connection/orm.ts',
    'imports src/directory/error.ts, which lies above it',
    "await import('../../directory/error.ts')",
  ],
  [
    'src/crypto/secrets.ts',
    'imports src/store/connection/sql.ts, which lies above it',
    "import { sql } from '../store/connection/sql.ts';",
  ],
  [
    'src/http/endpoints/token.ts',
    'imports src/process/serve.ts, which lies above it',
    "import { serve } from '../../process/serve.ts';",
  ],
  [
    'src/oauth/clients/client.ts',
    'imports src/oauth/tokens/bearer.ts, which lies above it',
    "import { bearer } from '../tokens/bearer.ts';",
  ],
  [
    'src/store/connection/sql.ts',
    'imports src/store/sweep.ts, which lies above it',
    "import { sweep } from '../sweep.ts';",
  ],
  ['src/oauth/pkce.ts', 'uses HTTP outside http/', "import type { Context } from 'koa';"],
  ['src/http/endpoints/token.ts', 'reads the environment', 'const port = process.env.PORT;'],
  ['src/oauth/pkce.ts', 'reads the clock', 'const now = new Date();'],
  ['src/oauth/pkce.ts', 'reads the clock', 'const now = Date.now();'],
  ['src/oauth/pkce.ts', 'has more than 200 lines', 'line\n'.repeat(201)],
  ['test/oauth/pkce.test.ts', 'has more than 200 lines', 'line\n'.repeat(201)],
  ['src/oauth/pkce.ts', 'has a default export', 'export default 1;'],
  ['src/oauth/index.ts', 'is a barrel', "export * from './pkce.ts';"],
  ['src/oauth/utils.ts', 'has no name of its own', ''],
  ['src/helpers/x.ts', 'lies on no floor', ''],
  ['src/oauth/tokenRequest.ts', 'is not named in kebab-case', ''],
];

const ALLOWED: readonly [file: string, text: string][] = [
  [
    'src/http/endpoints/token.ts',
    "import { token } from '../../oauth/tokens/grants/token-request.ts';\nimport { json } from '../json.ts';",
  ],
  ['src/oauth/tokens/bearer.ts', "import type { Client } from '../clients/client.ts';"],
  ['src/server.ts', 'if (import.meta.main) await start(process.env);'],
  ['src/process/serve.ts', 'const now = new Date();'],
  ['src/config.ts', 'process.env'],
  ['test/graphql/journey.generated.ts', 'line\n'.repeat(201)],
  ['src/oauth/pkce.ts', `${'line\n'.repeat(200)}const now = new Date(now.getTime() + 1);`],
];

describe('The layout of the source', () => {
  it('every file follows the rules', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(files).toContain('src/http/app.ts');
    const found = files.flatMap((file) =>
      violations(file, readFileSync(join(root, file), 'utf8')).map((violation) => `${file} ${violation}`),
    );
    expect(found).toEqual([]);
  });

  it.each(BROKEN)('a violation in %s is found: %s', (file, violation, text) => {
    expect(violations(file, text)).toContain(violation);
  });

  it.each(ALLOWED)('an allowed text in %s is accepted', (file, text) => {
    expect(violations(file, text)).toEqual([]);
  });
});
