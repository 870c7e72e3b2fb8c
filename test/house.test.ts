import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** From the top down; an import goes to the same floor or one below. Directory and oauth stand on one floor each. */
const FLOORS = ['composition', 'http', 'graphql', 'oauth', 'directory', 'store', 'foundation'];
const COMPOSITION = [
  'src/server.ts',
  'src/serve.ts',
  'src/cli.ts',
  'src/compile-cache.ts',
  'src/listen.ts',
  'src/log.ts',
  'src/greeting.ts',
  'src/failure.ts',
  'src/stop-when-told.ts',
  'src/workers.ts',
  'src/sweeper.ts',
  'src/doctor.ts',
  'src/seed.ts',
  'src/known-passwords.ts',
  'src/first-administrator.ts',
];
const FOUNDATION = [
  'src/worker-metrics.ts',
  'src/secrets.ts',
  'src/keys.ts',
  'src/passwords.ts',
  'src/argon2-threads.ts',
  'src/argon2-thread.ts',
  'src/config.ts',
];
const CLOCKS = ['src/http/app.ts', 'src/serve.ts', 'src/cli/command.ts', 'src/cli/doctor.ts'];

/** Sent to the browser as it is: what it reads there is not our clock. */
const IN_THE_BROWSER = /^src\/http\/graphiql\/.*\.js$/;

function floorOf(file: string): number {
  if (COMPOSITION.includes(file) || file.startsWith('src/cli/')) return FLOORS.indexOf('composition');
  if (FOUNDATION.includes(file)) return FLOORS.indexOf('foundation');
  return FLOORS.indexOf(file.split('/')[1] ?? '');
}

/** Every wall of the house, as what is wrong with one file; nothing is wrong with one that keeps to them. */
function faults(file: string, text: string): string[] {
  const found: string[] = [];
  // What a tool writes is as long as its source makes it; people keep the source short.
  if (text.split('\n').length - 1 > 200 && !file.endsWith('.generated.ts')) found.push('has more than 200 lines');
  if (!file.startsWith('src/')) return found;

  if (floorOf(file) < 0) found.push('lies on no floor');
  for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const target = posix.join(posix.dirname(file), specifier);
    if (floorOf(target) < floorOf(file)) found.push(`imports ${target}, which lies above it`);
  }
  if (/\bfrom '(koa|node:http)'/.test(text) && !/^src\/(http\/|listen\.ts)/.test(file))
    found.push('speaks HTTP outside http/');
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

describe('the house', () => {
  it('has many rooms', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(files).toContain('src/http/app.ts');
  });

  it.each(files)('%s keeps to the walls', (file) => {
    expect(faults(file, readFileSync(join(root, file), 'utf8'))).toEqual([]);
  });

  it.each([
    [
      'src/oauth/scope.ts',
      "import { createApp } from '../http/app.ts';",
      'imports src/http/app.ts, which lies above it',
    ],
    [
      'src/directory/names.ts',
      "import { SCOPES } from '../oauth/scope.ts';",
      'imports src/oauth/scope.ts, which lies above it',
    ],
    [
      'src/store/orm.ts',
      "await import('../directory/error.ts')",
      'imports src/directory/error.ts, which lies above it',
    ],
    ['src/secrets.ts', "import { sql } from './store/sql.ts';", 'imports src/store/sql.ts, which lies above it'],
    ['src/http/token.ts', "import { serve } from '../serve.ts';", 'imports src/serve.ts, which lies above it'],
    ['src/oauth/token-request.ts', "import type { Context } from 'koa';", 'speaks HTTP outside http/'],
    ['src/http/token.ts', 'const port = process.env.PORT;', 'reads the environment'],
    ['src/oauth/pkce.ts', 'const now = new Date();', 'reads the clock'],
    ['src/oauth/pkce.ts', 'const now = Date.now();', 'reads the clock'],
    ['src/oauth/pkce.ts', 'line\n'.repeat(201), 'has more than 200 lines'],
    ['test/oauth/pkce.test.ts', 'line\n'.repeat(201), 'has more than 200 lines'],
    ['src/oauth/pkce.ts', 'export default 1;', 'has a default export'],
    ['src/oauth/index.ts', "export * from './pkce.ts';", 'is a barrel'],
    ['src/oauth/utils.ts', '', 'has no name of its own'],
    ['src/helpers/x.ts', '', 'lies on no floor'],
    ['src/oauth/tokenRequest.ts', '', 'is not named in kebab-case'],
  ])('sees what is planted in %s (case %#)', (file, text, fault) => {
    expect(faults(file, text)).toContain(fault);
  });

  it.each([
    [
      'src/http/token.ts',
      "import { token } from '../oauth/token-request.ts';\nimport { SCOPES } from '../oauth/scope.ts';",
    ],
    ['src/server.ts', 'if (import.meta.main) await start(process.env);'],
    ['src/serve.ts', 'const now = new Date();'],
    ['src/config.ts', 'process.env'],
    ['test/graphql/journey.generated.ts', 'line\n'.repeat(201)],
    ['src/oauth/pkce.ts', `${'line\n'.repeat(200)}const now = new Date(now.getTime() + 1);`],
  ])('lets through what is allowed in %s', (file, text) => {
    expect(faults(file, text)).toEqual([]);
  });
});
