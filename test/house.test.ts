import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, normalize, posix, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

/** From the top down; an import goes to the same floor or one below. Directory and oauth stand on one floor each. */
const FLOORS = ['composition', 'http', 'graphql', 'oauth', 'directory', 'store', 'foundation'];
const COMPOSITION = [
  'src/server.ts',
  'src/process/serve.ts',
  'src/cli.ts',
  'src/process/compile-cache.ts',
  'src/process/listen.ts',
  'src/log.ts',
  'src/process/startup-message.ts',
  'src/process/report-failure.ts',
  'src/process/shutdown.ts',
  'src/process/workers.ts',
  'src/process/maintenance.ts',
  'src/process/doctor.ts',
  'src/process/seed.ts',
  'src/process/demo-credentials.ts',
  'src/process/first-administrator.ts',
];
const FOUNDATION = [
  'src/http/operations/worker-metrics.ts',
  'src/crypto/secrets.ts',
  'src/crypto/keyring.ts',
  'src/crypto/passwords.ts',
  'src/crypto/argon2-pool.ts',
  'src/crypto/argon2-worker.ts',
  'src/config.ts',
];
const CLOCKS = ['src/http/app.ts', 'src/process/serve.ts', 'src/cli/command.ts', 'src/cli/doctor.ts'];

/** Sent to the browser as it is: what it reads there is not our clock. */
const IN_THE_BROWSER = /^src\/http\/graphql\/graphiql\/.*\.js$/;

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
      'src/oauth/scopes/scope.ts',
      "import { createApp } from '../http/app.ts';",
      'imports src/http/app.ts, which lies above it',
    ],
    [
      'src/directory/names.ts',
      "import { SCOPES } from '../oauth/scope.ts';",
      'imports src/oauth/scopes/scope.ts, which lies above it',
    ],
    [
      'src/store/connection/orm.ts',
      "await import('../directory/error.ts')",
      'imports src/directory/error.ts, which lies above it',
    ],
    [
      'src/crypto/secrets.ts',
      "import { sql } from './store/sql.ts';",
      'imports src/store/connection/sql.ts, which lies above it',
    ],
    [
      'src/http/endpoints/token.ts',
      "import { serve } from '../serve.ts';",
      'imports src/process/serve.ts, which lies above it',
    ],
    ['src/oauth/tokens/token-request.ts', "import type { Context } from 'koa';", 'speaks HTTP outside http/'],
    ['src/http/endpoints/token.ts', 'const port = process.env.PORT;', 'reads the environment'],
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
      'src/http/endpoints/token.ts',
      "import { token } from '../oauth/token-request.ts';\nimport { SCOPES } from '../oauth/scope.ts';",
    ],
    ['src/server.ts', 'if (import.meta.main) await start(process.env);'],
    ['src/process/serve.ts', 'const now = new Date();'],
    ['src/config.ts', 'process.env'],
    ['test/graphql/journey.generated.ts', 'line\n'.repeat(201)],
    ['src/oauth/pkce.ts', `${'line\n'.repeat(200)}const now = new Date(now.getTime() + 1);`],
  ])('lets through what is allowed in %s', (file, text) => {
    expect(faults(file, text)).toEqual([]);
  });
});
