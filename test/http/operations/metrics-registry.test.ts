import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { METRICS_TOKEN, scrape } from '../../support/metrics.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { refreshing, tokenPair } from '../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ METRICS_TOKEN });
});
afterAll(() => server?.close());

/** The value of the series, or 0 if it does not exist. */
async function measured(series: string): Promise<number> {
  const text = await (await scrape(server)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1) ?? 0);
}

describe('GET /metrics: the metrics', () => {
  it('tokens are counted by grant', async () => {
    const client = await server.client();
    const grants = ['authorization_code', 'refresh_token', 'client_credentials', 'password'];
    const count = () => Promise.all(grants.map((grant) => measured(`gatehouse_tokens_issued_total{grant="${grant}"}`)));
    const before = await count();
    const pair = await tokenPair(server, client);
    await server.token(refreshing(pair.refresh_token), client);
    await server.accessToken({ user: null });
    await server.accessToken({ user: null });
    await server.token({ grant_type: 'client_credentials' }, { ...client, secret: 'wrong' });
    expect((await count()).map((now, index) => now - (before[index] ?? 0))).toEqual([1, 1, 2, 0]);
  });

  it('sign-ins are counted by outcome', async () => {
    const count = () =>
      Promise.all(['success', 'failure'].map((how) => measured(`gatehouse_sign_ins_total{outcome="${how}"}`)));
    const before = await count();
    const user = await server.user();
    const browser = server.browser();
    const page = await browser.get('/login');
    await browser.submit(page, { username: user.username, password: 'not the password' });
    await browser.submit(await browser.get('/login'), { username: user.username, password: user.password });
    expect((await count()).map((now, index) => now - (before[index] ?? 0))).toEqual([1, 1]);
  });

  it('refusals are counted by error code', async () => {
    const before = await measured('gatehouse_refusals_total{code="invalid_client"}');
    await server.token({ grant_type: 'client_credentials' }, { clientId: 'nobody', secret: 'wrong' });
    expect(await measured('gatehouse_refusals_total{code="invalid_client"}')).toBe(before + 1);
  });

  it('requests are counted by route, and never by a value that the caller chooses', async () => {
    for (const path of ['/nowhere/a', '/nowhere/b', '/login/', '/graphiql/x.js']) await server.request(path);
    await server.request('/healthz', { method: 'PROPFIND' });
    const text = await (await scrape(server)).text();
    const routes = new Set([...text.matchAll(/route="([^"]*)"/g)].map(([, route]) => route));
    expect(routes).toContain('/login');
    expect(routes).toContain('other');
    expect(routes).toContain('/oauth/token');
    expect([...routes].filter((route) => /nowhere|x\.js|login\/$/.test(route ?? ''))).toEqual([]);
    expect(text).toContain('method="other"');
    expect(text).not.toContain('PROPFIND');
    expect(text).toMatch(/_bucket\{le="0\.05",route="\/oauth\/token",method="POST",status="200"\} \d/);
  });

  it('memory, the age of the signing keys and the connections of a pool are measured', async () => {
    expect(await measured('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    const text = await (await scrape(server)).text();
    const age = /^gatehouse_signing_key_age_seconds\{algorithm="\w+"\} ([\d.]+)$/m.exec(text)?.[1];
    expect(Number(age)).toBeGreaterThanOrEqual(0);
    expect(Number(age)).toBeLessThan(3600);
    const pool = inject('databases').kind === 'postgres';
    expect(/^gatehouse_database_connections\{state="open"\} [1-9]/m.test(text)).toBe(pool);
  });
});
