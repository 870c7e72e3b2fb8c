import { defineConfig } from 'vitest/config';

/** Every test runs on both databases, save these: they touch none, or only the one that their name says. */
const NO_DATABASE = [
  'test/house.test.ts',
  'test/hostile.test.ts',
  'test/seeds.test.ts',
  'test/config.test.ts',
  'test/compliance.test.ts',
  'test/graphql/breaking-changes.test.ts',
  'test/log.test.ts',
  'test/cli/help.test.ts',
  'test/process/listen.test.ts',
  'test/process/compile-cache.test.ts',
  'test/process/loaded-at-start.test.ts',
  'test/crypto/passwords.test.ts',
  'test/store/connection/data-directory.test.ts',
];

export default defineConfig({
  test: {
    // Node itself loads the code, as in production: Vite's own resolution would load a second copy of `graphql`.
    experimental: { viteModuleRunner: false },
    // Files share their workers' modules: loading them anew would cost more than most files' tests.
    isolate: false,
    maxWorkers: 2,
    // Two cores, and some tests start whole processes.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'pglite',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.postgres.test.ts'],
          globalSetup: 'test/support/pglite-template.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.pglite.test.ts', ...NO_DATABASE],
          globalSetup: 'test/support/postgres-template.ts',
        },
      },
    ],
  },
});
