import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET_KEY } from '../support/database.ts';
import { FAULTS } from '../support/database-faults.ts';
import { runFault } from '../support/fault-run.ts';
import type { Site } from '../support/fault-site.ts';
import { METRICS_TOKEN } from '../support/metrics.ts';
import { startNodes } from '../support/nodes.ts';
import { startPostgres } from '../support/postgres.ts';

/** Tests allow ten times the limits, because other tests use the same cores. The benchmarks check the limits themselves. */
const PATIENCE = 10;

let site: Site;
beforeAll(async () => {
  const postgres = await startPostgres({ settings: ['max_connections=30'] });
  site = { postgres, nodes: await startNodes({ DATABASE_URL: postgres.url, SECRET_KEY, METRICS_TOKEN }, 1) };
});
afterAll(async () => {
  const codes = await site.nodes.stop();
  await site.postgres.stop();
  expect(codes).toEqual([0]);
});

describe('M247, M248, M250, M251, M253, M254: a failure of the database', () => {
  it.each(FAULTS)('requests get 503 in time and succeed again after the repair: $name', async (fault) => {
    expect((await runFault(site, fault, PATIENCE)).wrong).toEqual([]);
  });
});

describe('/metrics while the database is down', () => {
  it('the metrics of the process are shown, and those of the database are left out', async () => {
    await site.postgres.halt();
    try {
      const { status, text } = await metrics();
      expect(status).toBe(200);
      expect(text).toContain('gatehouse_http_request_duration_seconds_count{');
      expect(text).not.toContain('gatehouse_sweep_rows_left{');
    } finally {
      await site.postgres.start();
    }
    await expect.poll(async () => (await metrics()).text).toContain('gatehouse_sweep_rows_left{table="sessions"} 0\n');
  });
});

async function metrics(): Promise<{ status: number; text: string }> {
  const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
  const response = await fetch(`http://127.0.0.1:${site.nodes.ports[0]}/metrics`, { headers });
  return { status: response.status, text: await response.text() };
}
