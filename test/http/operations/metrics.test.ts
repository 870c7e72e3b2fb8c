import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SWEPT } from '../../../src/store/sweep.ts';
import { rowMaker } from '../../support/expiring-rows.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { METRICS_TOKEN, scrape } from '../../support/metrics.ts';
import { freePort } from '../../support/postgres.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ METRICS_TOKEN });
});
afterAll(() => server.close());

describe('GET /metrics', () => {
  it('the response lists in Prometheus format how many expired rows remain, by table', async () => {
    const rows = await rowMaker(server);
    await rows.add('sessions', 'expires_at', new Date(Date.now() - 60_000), 3);
    const response = await scrape(server);
    expect([response.status, response.headers.get('Content-Type')]).toEqual([
      200,
      expect.stringMatching(/^text\/plain/),
    ]);
    const text = await response.text();
    expect(text).toContain('# TYPE gatehouse_sweep_rows_left gauge\n');
    for (const table of Object.keys(SWEPT))
      expect(text).toContain(`gatehouse_sweep_rows_left{table="${table}"} ${table === 'sessions' ? 3 : 0}\n`);
    await rows.clear('sessions');
    expect(await (await scrape(server)).text()).toContain('gatehouse_sweep_rows_left{table="sessions"} 0\n');
  });

  it('with METRICS_TOKEN it needs the token, whatever host or address the request names', async () => {
    const refused: Record<string, string>[] = [
      {},
      { Host: 'localhost:4400' },
      { Host: 'gatehouse:4400' },
      { 'X-Forwarded-For': '10.0.0.1' },
      { Authorization: 'Bearer' },
      { Authorization: `Basic ${btoa(`prometheus:${METRICS_TOKEN}`)}` },
      { Authorization: `Bearer ${METRICS_TOKEN}x` },
      { Authorization: `Bearer ${METRICS_TOKEN.slice(1)}` },
    ];
    for (const headers of refused) {
      const response = await server.request('/metrics', { headers });
      const text = await response.text();
      expectCleanResponse(response, text);
      expect([response.status, response.headers.get('WWW-Authenticate')]).toEqual([401, 'Bearer realm="metrics"']);
      expect(text).not.toContain('gatehouse_sweep');
    }
    const headers = { Host: 'gatehouse:4400', Authorization: `bearer ${METRICS_TOKEN}` };
    expect((await server.request('/metrics', { headers })).status).toBe(200);
    expect((await server.request(`/metrics?token=${METRICS_TOKEN}`)).status).toBe(401);
  });

  it('with METRICS_PORT it is served there to everyone, and nothing else is', async () => {
    const port = await freePort();
    const monitored = await startServer({ METRICS_PORT: String(port) });
    const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
    try {
      const response = await get('/metrics');
      expect([response.status, response.headers.get('Content-Type')]).toEqual([
        200,
        expect.stringMatching(/^text\/plain/),
      ]);
      expect(await response.text()).toContain('gatehouse_sweep_rows_left{table="sessions"} 0\n');
      for (const path of ['/', '/login', '/healthz', '/metrics/x']) expect((await get(path)).status).toBe(404);
      expect((await get('/metrics', { method: 'POST' })).status).toBe(404);
      expect((await monitored.request('/metrics')).status).toBe(404);
    } finally {
      await monitored.close();
    }
    await expect(get('/metrics')).rejects.toThrow();
  });

  it('a METRICS_PORT in use is reported by its name, and nothing keeps running', async () => {
    const port = new URL(server.url).port;
    await expect(startServer({ METRICS_PORT: port })).rejects.toThrow(
      `127.0.0.1:${port} is in use by another program. Stop that program or set another METRICS_PORT.`,
    );
  });

  it('without METRICS_PORT and METRICS_TOKEN it is off', async () => {
    const quiet = await startServer();
    try {
      const response = await quiet.request('/metrics', { headers: { Authorization: `Bearer ${METRICS_TOKEN}` } });
      expect(response.status).toBe(404);
    } finally {
      await quiet.close();
    }
  });
});
