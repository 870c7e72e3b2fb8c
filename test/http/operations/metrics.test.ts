import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SWEPT } from '../../../src/store/sweep.ts';
import { rowMaker } from '../../support/expiring-rows.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let published: TestServer;
beforeAll(async () => {
  server = await startServer();
  published = await startServer({ ISSUER: 'https://id.example.com' });
});
afterAll(async () => {
  await server.close();
  await published.close();
});

const scrape = (at: TestServer, headers: Record<string, string> = {}) => at.request('/metrics', { headers });

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

  it('any internal host name of the server may be used', async () => {
    for (const Host of ['gatehouse:4400', '10.1.2.3:4400', 'localhost:4400'])
      expect((await scrape(published, { Host })).status).toBe(200);
  });

  it('requests for the public host name or through a proxy get 404', async () => {
    const outside: Record<string, string>[] = [
      {},
      { 'X-Forwarded-For': '203.0.113.1', Host: 'gatehouse:4400' },
      { Forwarded: 'for=203.0.113.1', Host: 'localhost' },
      { 'X-Real-IP': '203.0.113.1', Host: 'localhost' },
      { Via: '1.1 proxy', Host: 'localhost' },
    ];
    for (const headers of outside) {
      const response = await scrape(published, headers);
      const text = await response.text();
      expect(response.status).toBe(404);
      expectCleanResponse(response, text);
      expect(text).not.toContain('gatehouse_sweep');
    }
  });

  it('requests from a public address get 404', async () => {
    const trusting = await startServer({ TRUST_PROXY: '1' });
    try {
      for (const address of ['203.0.113.1', '2001:db8::1', '172.32.0.1', '11.0.0.1'])
        expect((await scrape(trusting, { 'X-Forwarded-For': address })).status).toBe(404);
    } finally {
      await trusting.close();
    }
  });

  it('with METRICS=off all requests get 404', async () => {
    const quiet = await startServer({ METRICS: 'off' });
    try {
      expect((await scrape(quiet)).status).toBe(404);
    } finally {
      await quiet.close();
    }
  });
});
