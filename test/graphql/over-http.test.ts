import { request } from 'node:http';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await server.accessToken();
});
afterAll(() => server?.close());

/** What a server MAY do with GET; here queries are posted. */
const ONLY_WITH_GET = ['5A70', '6A70', 'D6D5'];

const fetchFn = (url: string, init: RequestInit = {}) => {
  const { pathname, search } = new URL(url);
  return server.request(pathname + search, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
};

describe('GraphQL over HTTP', () => {
  it.each(serverAudits({ url: 'http://localhost/graphql', fetchFn }))('K226 $id $name', async ({ id, fn }) => {
    const result = await fn();
    expect(result.status, 'reason' in result ? result.reason : '').toBe(ONLY_WITH_GET.includes(id) ? 'notice' : 'ok');
  });

  it('K226 has sixty-one audits', () => {
    expect(serverAudits({ url: 'http://localhost/graphql', fetchFn })).toHaveLength(61);
  });

  it('K224 goes on as before after a hundred callers who hung up', async () => {
    const body = JSON.stringify({ query: '{ users(first: 100) { nodes { groups { nodes { id } } } } }' });
    const length = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const headers = { ...length, Authorization: `Bearer ${token}`, Host: new URL(server.config.issuer).host };
    const before = server.log.length;
    for (let at = 0; at < 100; at += 1)
      await new Promise<void>((resolve) => {
        const outgoing = request(`${server.url}/graphql`, { method: 'POST', headers, agent: false });
        outgoing.on('error', () => undefined).on('close', resolve);
        // Sent in full, and never waited for.
        outgoing.end(body, () => setImmediate(() => outgoing.destroy()));
      });
    expect((await server.graphql('{ viewer { id } }', token)).status).toBe(200);
    const told = server.log.slice(before).map((line) => JSON.parse(line));
    expect(told.filter(({ path }) => path === '/graphql').length).toBeGreaterThan(50);
    expect(Math.max(...told.map(({ level }) => level))).toBeLessThan(50);
  });
});
