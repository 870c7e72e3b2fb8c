import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyDatabase, migratedDatabase, type TestDatabase } from '../support/database.ts';
import { gatehouse } from '../support/process.ts';

async function own(making: Promise<TestDatabase>): Promise<Record<string, string>> {
  const home = await making;
  onTestFinished(() => home.remove());
  return home.env;
}

interface Told {
  readonly healthy: boolean;
  readonly findings: readonly { check: string; state: string; told: string }[];
}

async function doctor(env: Record<string, string>): Promise<{ code: number | null; told: Told }> {
  const { code, stdout, stderr } = await gatehouse(['doctor', '--json'], env);
  expect(stderr).toBe('');
  return { code, told: JSON.parse(stdout) };
}

const stateOf = ({ findings }: Told, check: string) =>
  findings.filter((finding) => finding.check === check).map(({ state }) => state);

describe('gatehouse doctor', () => {
  it('finds a database that was migrated and not used yet in order, in words and in JSON', async () => {
    const env = await own(migratedDatabase());
    const { code, told } = await doctor(env);
    expect(code).toBe(0);
    expect(told.healthy).toBe(true);
    expect(stateOf(told, 'readiness')).toEqual(['ok']);
    expect(stateOf(told, 'demo data')).toEqual(['ok']);
    expect(stateOf(told, 'administrator')).toEqual(['warning']);
    expect((await gatehouse(['doctor'], env)).stdout).toMatch(/^ok {7}configuration {2}every setting has its form\n/);
  });

  it('finds demo data, which are wrong where others can reach them', async () => {
    const env = await own(migratedDatabase());
    expect((await gatehouse(['seed'], env)).code).toBe(0);
    expect(stateOf((await doctor(env)).told, 'demo data')).toEqual(['warning']);
    const { code, told } = await doctor({ ...env, ISSUER: 'https://id.example.com' });
    expect([code, stateOf(told, 'demo data'), stateOf(told, 'administrator')]).toEqual([1, ['wrong'], ['ok']]);
  });

  it('moves nothing over to a new SECRET_KEY: other nodes may not have it yet', async () => {
    const env = await own(migratedDatabase());
    expect((await gatehouse(['seed'], env)).code).toBe(0);
    const key = env.SECRET_KEY ?? readFileSync(join(env.DATA_DIR ?? '', 'secret-key'), 'utf8').trim();
    for (const SECRET_KEY of [`${'n'.repeat(32)},${key}`, key])
      expect((await doctor({ ...env, SECRET_KEY })).code).toBe(0);
    expect((await doctor({ ...env, SECRET_KEY: 'n'.repeat(32) })).code).toBe(1);
  });

  it('finds a database that was never migrated, and leaves it so', async () => {
    const env = await own(emptyDatabase());
    const first = await doctor(env);
    expect(await doctor(env)).toEqual(first);
    const embedded = env.DATABASE_URL === undefined;
    expect([first.code, stateOf(first.told, 'database')]).toEqual(embedded ? [0, ['warning']] : [1, ['wrong']]);
  });

  it('finds all that is wrong with the settings', async () => {
    const { code, told } = await doctor({ PORT: 'x', ISSUER: 'ftp://x' });
    expect([code, stateOf(told, 'configuration')]).toEqual([1, ['wrong', 'wrong']]);
  });

  it('finds a database that is away', async () => {
    const { code, told } = await doctor({ DATABASE_URL: 'postgres://x@127.0.0.1:1/x', SECRET_KEY: 'x'.repeat(32) });
    expect([code, stateOf(told, 'database')]).toEqual([1, ['wrong']]);
    expect(JSON.stringify(told)).toContain('it cannot be reached');
  });
});
