import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { systemPostgres } from './test/support/postgres.ts';

/** Tests that start no server and open no database. */
const UNITS = [
  'test/!(readme).test.ts',
  'test/cli/help.test.ts',
  'test/crypto/{keyring,passwords,secrets}.test.ts',
  'test/directory/names.test.ts',
  'test/docs/*.test.ts',
  'test/graphql/{breaking-changes,schema}.test.ts',
  'test/graphql/access/declared-rules.test.ts',
  'test/http/{form,graphql/response,operations/outbound,site/browser-name}.test.ts',
  'test/http/graphql/graphiql/*.test.ts',
  'test/oauth/{pkce,clients/redirect-uri,registration/uris,tokens/grants/grants}.test.ts',
  'test/process/{compile-cache,listen,loaded-at-start}.test.ts',
  'test/store/connection/data-directory.test.ts',
];
/** Tests that depend on the database itself: driver, SQL, locks, first start. */
const DATABASE = [
  'test/**/*.pglite.test.ts',
  'test/store/**/*.test.ts',
  'test/cli/{doctor,upkeep}.test.ts',
  'test/end-to-end/first-steps.test.ts',
  'test/http/operations/{health,metrics-registry}.test.ts',
  'test/oauth/tokens/grants/{authorization-code,refresh-token,refresh-token-repeats}.test.ts',
  'test/process/{demo-data,seed,server,shutdown}.test.ts',
  'test/readme.test.ts',
  'test/system/{concurrency,race,race-revocation,time-zone}.test.ts',
];

/** Large tables of rules that do not depend on the database. They always run on one database only. */
const ONE_DATABASE = [
  'test/graphql/access/{escalation,generated-documents,matrix}.test.ts',
  'test/http/fuzz.test.ts',
  'test/oauth/differential.test.ts',
];

/** Unit tests that take several seconds. */
const SLOW_UNITS = [
  'test/cli/help.test.ts',
  'test/process/{compile-cache,listen}.test.ts',
  'test/store/connection/data-directory.test.ts',
];

/** One test file per layer, for `npm run test:quick`. */
const SMOKE = [
  'test/cli/keys.test.ts',
  'test/directory/last-superuser.test.ts',
  'test/graphql/types/viewer.test.ts',
  'test/http/endpoints/authorize.test.ts',
  'test/oauth/tokens/grants/client-credentials.test.ts',
  'test/process/seed.test.ts',
  'test/store/issue-tokens.test.ts',
];

const project = (name: string, include: readonly string[], exclude: readonly string[] = [], globalSetup?: string) =>
  ({
    extends: true,
    test: { name, include: [...include], exclude: [...exclude], ...(globalSetup && { globalSetup }) },
  }) satisfies TestProjectInlineConfiguration;

const pglite = (include: readonly string[], exclude: readonly string[] = []) =>
  project('pglite', include, ['test/**/*.postgres.test.ts', ...exclude], 'test/support/pglite-template.ts');

const postgres = (name: string, include: readonly string[], exclude: readonly string[] = []) =>
  project(name, include, ['test/**/*.pglite.test.ts', ...exclude], `test/support/${name}-template.ts`);

/** Projects of `vitest --mode …`. By default every test runs on PostgreSQL 18, and tests of the database also on PGlite. */
function projectsOf(mode: string): TestProjectInlineConfiguration[] {
  const all = ['test/**/*.test.ts'];
  if (mode === 'quick') return [project('units', UNITS, SLOW_UNITS), postgres('postgres', SMOKE)];
  const main = [project('units', UNITS), postgres('postgres', all, UNITS)];
  if (mode !== 'all') return [...main, pglite(DATABASE, UNITS)];
  const repeated = [...UNITS, ...ONE_DATABASE];
  if (systemPostgres() === undefined)
    console.warn('System PostgreSQL tests skipped: no PostgreSQL is installed under /usr/lib/postgresql.');
  const system = systemPostgres() === undefined ? [] : [postgres('system-postgres', all, repeated)];
  return [...main, pglite(all, repeated), ...system];
}

export default defineConfig(({ mode }) => ({
  test: {
    // Node.js loads the code, as in production, because Vite's resolution would load a second copy of `graphql`.
    experimental: { viteModuleRunner: false },
    // Test files of a worker share modules, because loading them again takes longer than most tests.
    isolate: false,
    maxWorkers: 2,
    // Long, because some tests start processes and CI has two cores.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    projects: projectsOf(mode),
  },
}));
