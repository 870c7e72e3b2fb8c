import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { type GatehouseProcess, startServerProcess } from '../support/process.ts';

let home: TestDatabase;
let processes: GatehouseProcess[];
beforeEach(async () => {
  home = await migratedDatabase();
  processes = [];
});
afterEach(async () => {
  for (const { kill } of processes) kill('SIGKILL');
  await Promise.all(processes.map(({ exit }) => exit));
  await home.remove();
});

function serve(env: Record<string, string> = {}): GatehouseProcess {
  const process = startServerProcess({ ...home.env, SHUTDOWN_NOTICE: '1', ...env });
  processes.push(process);
  return process;
}

const addressOf = async (server: GatehouseProcess): Promise<string> =>
  (await server.printed(/ready at (\S+)\n/))[1] ?? '';

describe('Shutdown', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'O274: %s stops the server with exit code 0 although a connection is open',
    async (signal) => {
      const server = serve();
      const { port } = new URL(await addressOf(server));
      const parked = connect(Number(port), '127.0.0.1');
      parked.on('error', () => {});
      parked.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      await new Promise((resolve) => parked.once('data', resolve));
      const signalled = Date.now();
      server.kill(signal);

      expect(await server.exit).toBe(0);
      expect(Date.now() - signalled).toBeLessThan(2000);
      expect(server.stderr).toBe('');
    },
  );

  it('readiness fails before the port closes, and requests in progress are finished', async () => {
    const server = serve();
    const address = await addressOf(server);
    const { port, host } = new URL(address);
    const slow = connect(Number(port), '127.0.0.1');
    let answer = '';
    slow.on('data', (chunk) => {
      answer += chunk.toString();
    });
    const form = 'grant_type=client_credentials&client_id=x&client_secret=y';
    const type = 'Content-Type: application/x-www-form-urlencoded';
    slow.write(`POST /oauth/token HTTP/1.1\r\nHost: ${host}\r\n${type}\r\nContent-Length: ${form.length}\r\n\r\ngrant`);
    await expect.poll(async () => (await fetch(`${address}/readyz`)).status).toBe(200);
    server.kill('SIGTERM');

    await expect.poll(async () => (await fetch(`${address}/readyz`)).status).toBe(503);
    const { status, headers } = await fetch(`${address}/healthz`);
    expect([status, headers.get('Connection')]).toEqual([200, 'close']);
    await expect.poll(() => fetch(address).catch(() => 'closed'), { timeout: 3000 }).toBe('closed');
    slow.write(form.slice('grant'.length));
    await expect.poll(() => answer).toMatch(/^HTTP\/1\.1 401 .*\r\nConnection: close\r\n.*invalid_client/s);
    expect(await server.exit).toBe(0);
    expect(
      server.stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).msg),
    ).toEqual(['request refused']);
  });

  it.each([0, 16])('the notice lasts its whole time with %i connections, and /readyz is 503 on each', async (kept) => {
    const server = serve();
    const address = await addressOf(server);
    const { port, host } = new URL(address);
    const parked = Array.from({ length: kept }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
    for (const socket of parked) socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await Promise.all(parked.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
    const sentAt = performance.now();
    server.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${address}/readyz`)).status, { interval: 5 }).toBe(503);

    const statuses: number[] = [];
    while (performance.now() - sentAt < 900) {
      statuses.push((await fetch(`${address}/readyz`)).status);
      await pause(20);
    }
    expect(statuses).toEqual(statuses.map(() => 503));
    expect(statuses.length).toBeGreaterThan(10);
    expect(await server.exit).toBe(0);
    expect(performance.now() - sentAt).toBeGreaterThan(1000);
  });

  it('O275: a second signal stops the server at once with exit code 1', async () => {
    const server = serve();
    const { port } = new URL(await addressOf(server));
    const slow = connect(Number(port), '127.0.0.1');
    slow.on('error', () => {});
    await new Promise<void>((resolve) => void slow.write('POST /oauth/token HTTP/1.1\r\nHost: ', () => resolve()));
    await expect.poll(async () => (await fetch(`http://localhost:${port}/healthz`)).status).toBe(200);
    server.kill('SIGTERM');
    await expect
      .poll(() => fetch(`http://localhost:${port}/healthz`).catch(() => 'closed'), { timeout: 3000 })
      .toBe('closed');
    server.kill('SIGTERM');

    expect(await server.exit).toBe(1);
  });

  it('O284: an unexpected error stops the server with exit code 1 and one log line', async () => {
    const code = "process.on('SIGUSR2', () => void Promise.reject(new Error('injected')))";
    const server = serve({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` });
    await addressOf(server);
    server.kill('SIGUSR2');

    expect(await server.exit).toBe(1);
    expect(server.stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(server.stderr)).toMatchObject({ level: 60, err: { type: 'Error', message: 'injected' } });
  });

  it('SIGUSR1 neither stops the server nor opens an inspector in production', async () => {
    const server = serve({ NODE_ENV: 'production' });
    const address = await addressOf(server);
    server.kill('SIGUSR1');
    await expect.poll(async () => (await fetch(`${address}/healthz`)).status).toBe(200);
    server.kill('SIGTERM');

    expect(await server.exit).toBe(0);
    expect(server.stderr).toBe('');
  });
});
