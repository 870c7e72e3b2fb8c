import { request } from 'node:http';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await sharedServer();
  token = await server.accessToken();
});
afterAll(() => server?.close());

const fetchFn = (url: string, init: RequestInit = {}) => {
  const { pathname, search } = new URL(url);
  return server.request(pathname + search, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
};

describe('GraphQL over HTTP', () => {
  it.each(serverAudits({ url: 'http://localhost/graphql', fetchFn }))(
    'K226 audit $id passes: $name',
    async ({ fn }) => {
      const result = await fn();
      expect(result.status, 'reason' in result ? result.reason : '').toBe('ok');
    },
  );

  it('K226 there are 61 audits', () => {
    const ids = serverAudits({ url: 'http://localhost/graphql', fetchFn }).map(({ id }) => id);
    expect(ids).toHaveLength(61);
  });

  it('K224 the server is unaffected by 100 clients that disconnect early', async () => {
    const body = JSON.stringify({ query: '{ users(first: 100) { nodes { groups { nodes { id } } } } }' });
    const length = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const headers = { ...length, Authorization: `Bearer ${token}`, Host: new URL(server.config.issuer).host };
    const before = server.log.length;
    for (let at = 0; at < 100; at += 1)
      await new Promise<void>((resolve) => {
        const outgoing = request(`${server.url}/graphql`, { method: 'POST', headers, agent: false });
        outgoing.on('error', () => undefined).on('close', resolve);
        // The request is sent in full, and the client does not wait for the response.
        outgoing.end(body, () => setImmediate(() => outgoing.destroy()));
      });
    expect((await server.graphql('{ viewer { sub } }', token)).status).toBe(200);
    const lines = () => server.log.slice(before).map((line) => JSON.parse(line));
    // Few operations of a token run at once, so the last of them end after the response above.
    await expect.poll(() => lines().filter(({ path }) => path === '/graphql').length).toBeGreaterThan(50);
    const logged = lines();
    expect(Math.max(...logged.map(({ level }) => level))).toBeLessThan(50);
  });
});
