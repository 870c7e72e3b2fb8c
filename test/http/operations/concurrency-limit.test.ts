import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestClient } from '../../support/fixtures.ts';
import { METRICS_TOKEN, scrape } from '../../support/metrics.ts';
import type { TestResponse } from '../../support/send.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer({ METRICS_TOKEN });
  client = await server.client();
});
afterAll(() => server.close());

/** The number of requests that the server handles at a time. */
const PLACES = 500;

const requestToken = (): Promise<TestResponse> => server.token({ grant_type: 'client_credentials' }, client);

/** Runs `work` while the clients table is locked. */
const whileLocked = <T>(work: () => Promise<T>): Promise<T> =>
  server.database.em().transactional(async (tx) => {
    await tx.execute('LOCK TABLE clients IN ACCESS EXCLUSIVE MODE');
    return work();
  });

/** Sends `count` requests, and returns when `wanted` responses have arrived. */
async function firstAnswers(
  count: number,
  wanted: number,
): Promise<{ come: TestResponse[]; all: Promise<TestResponse[]> }> {
  const come: TestResponse[] = [];
  const all = Promise.all(
    Array.from({ length: count }, async () => {
      const response = await requestToken();
      come.push(response);
      return response;
    }),
  );
  await vi.waitFor(() => expect(come.length).toBeGreaterThanOrEqual(wanted), { timeout: 20_000, interval: 5 });
  return { come: [...come], all };
}

describe('M251: the limit of concurrent requests', () => {
  it('requests above the limit get 503 at once, and later requests succeed', async () => {
    const more = 20;
    const { come, all } = await whileLocked(() => firstAnswers(PLACES + more, more));
    expect(come.length).toBeGreaterThanOrEqual(more);
    for (const { status, body, headers } of come.slice(0, more)) {
      expect([status, body.error, headers.get('Retry-After')]).toEqual([503, 'temporarily_unavailable', '1']);
      expect(headers.get('Cache-Control')).toBe('no-store');
    }
    await all;
    expect((await requestToken()).status).toBe(200);
    const metrics = await (await scrape(server)).text();
    expect(Number(/^gatehouse_requests_shed_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(more);
    expect(server.log.filter((line) => line.includes('too many requests in progress'))).toEqual([]);
  });

  it('a browser gets an error page, and health checks and metrics still respond', async () => {
    await whileLocked(async () => {
      const { all } = await firstAnswers(PLACES + 1, 1);
      const page = await server.request('/');
      expect([page.status, page.headers.get('Retry-After')]).toEqual([503, '1']);
      expect(await page.text()).toContain('We&#39;ll be right back');
      expect((await server.request('/healthz')).status).toBe(200);
      return { all };
    }).then(({ all }) => all);
    expect((await server.request('/')).status).toBe(200);
  });

  it('a request whose body arrives slowly does not count', async () => {
    const { host, port } = new URL(server.url);
    const head = `POST /oauth/token HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n\r\n`;
    const slow = await Promise.all(
      Array.from({ length: PLACES + 20 }, () => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => {});
        return new Promise<Socket>((resolve) => socket.write(`${head}g`, () => resolve(socket)));
      }),
    );
    expect((await requestToken()).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });
});
