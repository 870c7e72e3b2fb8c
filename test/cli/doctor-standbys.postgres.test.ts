import { expect, it, onTestFinished } from 'vitest';
import { SECRET_KEY } from '../support/database.ts';
import { startPostgres } from '../support/postgres.ts';
import { gatehouse } from '../support/process.ts';

it('gatehouse doctor compares REFRESH_GRACE with the time of a fail-over where standbys are synchronous', async () => {
  const postgres = await startPostgres({ settings: ['synchronous_standby_names=*'] });
  onTestFinished(() => postgres.stop());
  const env = { DATABASE_URL: postgres.url, SECRET_KEY };
  expect((await gatehouse(['migrate'], env)).code).toBe(0);
  const grace = async (more: Record<string, string>) => {
    const { findings } = JSON.parse((await gatehouse(['doctor', '--json'], { ...env, ...more })).stdout);
    return findings.filter(({ check }: { check: string }) => check === 'refresh grace');
  };
  expect(await grace({})).toMatchObject([{ state: 'ok' }]);
  expect(await grace({ REFRESH_GRACE: '10' })).toMatchObject([
    { state: 'warning', message: expect.stringContaining("longer than the cluster's ttl + loop_wait + 5 s") },
  ]);
});
