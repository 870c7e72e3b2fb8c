import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../support/database.ts';
import { startDatabase } from '../support/database-with-em.ts';
import { gatehouse } from '../support/process.ts';

async function ownDatabase(making: Promise<TestDatabase>): Promise<Record<string, string>> {
  const home = await making;
  onTestFinished(() => home.remove());
  return home.env;
}

interface Report {
  readonly healthy: boolean;
  readonly findings: readonly { check: string; state: string; message: string }[];
}

async function doctor(env: Record<string, string>): Promise<{ code: number | null; report: Report }> {
  const { code, stdout, stderr } = await gatehouse(['doctor', '--json'], env);
  expect(stderr).toBe('');
  return { code, report: JSON.parse(stdout) };
}

const stateOf = ({ findings }: Report, check: string) =>
  findings.filter((finding) => finding.check === check).map(({ state }) => state);

describe('gatehouse doctor', () => {
  it('the command finds no error in a new migrated database, as text and as JSON', async () => {
    const env = await ownDatabase(migratedDatabase());
    const { code, report } = await doctor(env);
    expect(code).toBe(0);
    expect(report.healthy).toBe(true);
    expect(stateOf(report, 'readiness')).toEqual(['ok']);
    expect(stateOf(report, 'demo data')).toEqual(['ok']);
    expect(stateOf(report, 'administrator')).toEqual(['warning']);
    expect((await gatehouse(['doctor'], env)).stdout).toMatch(/^ok {7}configuration {2}all settings are valid\n/);
  });

  it('demo data are a warning, and an error on a public issuer', async () => {
    const env = await ownDatabase(migratedDatabase());
    expect((await gatehouse(['seed'], env)).code).toBe(0);
    expect(stateOf((await doctor(env)).report, 'demo data')).toEqual(['warning']);
    expect(stateOf((await doctor(env)).report, 'password grant')).toEqual(['ok']);
    const { code, report } = await doctor({ ...env, ISSUER: 'https://id.example.com' });
    expect([code, stateOf(report, 'demo data'), stateOf(report, 'administrator')]).toEqual([1, ['error'], ['ok']]);
  });

  it('public clients that are still registered for the password grant are listed', async () => {
    const env = await ownDatabase(migratedDatabase());
    expect((await gatehouse(['seed'], env)).code).toBe(0);
    const started = await startDatabase(loadConfig(env));
    await started.database.em().execute("UPDATE clients SET token_endpoint_auth_method = 'none' WHERE seeded");
    await started.close();
    const { report } = await doctor(env);
    expect(stateOf(report, 'password grant')).toEqual(['warning']);
    expect(JSON.stringify(report)).toContain('remove it from testclient');
  });

  it('the command re-encrypts nothing with a new SECRET_KEY, which other nodes may not have yet', async () => {
    const env = await ownDatabase(migratedDatabase());
    expect((await gatehouse(['seed'], env)).code).toBe(0);
    const key = env.SECRET_KEY ?? readFileSync(join(env.DATA_DIR ?? '', 'secret-key'), 'utf8').trim();
    for (const SECRET_KEY of [`${'n'.repeat(32)},${key}`, key])
      expect((await doctor({ ...env, SECRET_KEY })).code).toBe(0);
    expect((await doctor({ ...env, SECRET_KEY: 'n'.repeat(32) })).code).toBe(1);
  });

  it('the command reports a database that was never migrated, and does not migrate it', async () => {
    const env = await ownDatabase(emptyDatabase());
    const first = await doctor(env);
    expect(await doctor(env)).toEqual(first);
    const embedded = env.DATABASE_URL === undefined;
    expect([first.code, stateOf(first.report, 'database')]).toEqual(embedded ? [0, ['warning']] : [1, ['error']]);
  });

  it('the command reports every invalid setting', async () => {
    const { code, report } = await doctor({ PORT: 'x', ISSUER: 'ftp://x' });
    expect([code, stateOf(report, 'configuration')]).toEqual([1, ['error', 'error']]);
  });

  it('the command reports an unreachable database', async () => {
    const { code, report } = await doctor({ DATABASE_URL: 'postgres://x@127.0.0.1:1/x', SECRET_KEY: 'x'.repeat(32) });
    expect([code, stateOf(report, 'database')]).toEqual([1, ['error']]);
    expect(JSON.stringify(report)).toContain('unreachable');
  });
});
