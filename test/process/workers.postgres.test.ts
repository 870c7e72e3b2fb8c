import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../support/database.ts';
import { freePort } from '../support/postgres.ts';
import { finish, type GatehouseProcess, run } from '../support/process.ts';

async function ownDatabase(): Promise<TestDatabase> {
  const home = await emptyDatabase();
  onTestFinished(() => home.remove());
  return home;
}

function serve(env: Record<string, string>, workers = '3'): GatehouseProcess {
  const server = run('src/cli.ts', ['serve', '--workers', workers], { PORT: '0', ...env });
  onTestFinished(async () => {
    server.kill('SIGKILL');
    await server.exit;
  });
  return server;
}

const THROWS = "process.on('SIGUSR2', () => void Promise.reject(new Error('injected')))";
/** Adds a header that names the process which served the request. */
const SENDS_PID = `
  const { ServerResponse } = await import('node:http');
  const { writeHead } = ServerResponse.prototype;
  ServerResponse.prototype.writeHead = function (...all) { this.setHeader('X-Pid', process.pid); return writeHead.apply(this, all); };`;
const planted = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`${SENDS_PID}${THROWS}`)}` };

/** Ids of the processes that serve requests. Requests to a process that exits are lost. */
async function servingPids(address: string): Promise<Set<string>> {
  const requests = Array.from({ length: 40 }, () => fetch(`${address}/readyz`, { headers: { Connection: 'close' } }));
  const responses = (await Promise.allSettled(requests)).flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  return new Set(responses.filter(({ ok }) => ok).map(({ headers }) => headers.get('X-Pid') ?? ''));
}

describe('gatehouse serve --workers', () => {
  it('O284: several processes share one port, are replaced when they exit, and all stop on SIGTERM', async () => {
    const metricsPort = await freePort();
    const server = serve({ ...(await ownDatabase()).env, ...planted, METRICS_PORT: String(metricsPort) });
    const [, address = ''] = await server.printed(/ready at (\S+)\n/);
    // Printed once, because each new set-up link invalidates the one before.
    expect(server.stdout.match(/setup\?ticket=/g)).toHaveLength(1);
    const first = await servingPids(address);
    expect(first.size).toBe(3);
    expect(first).not.toContain(String(server.pid));

    // Each worker served some of the 40 requests. Any of them reports the sum.
    const counted = 'gatehouse_http_request_duration_seconds_count{route="/readyz",method="GET",status="200"} 40';
    expect(
      await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { headers: { Connection: 'close' } })).text(),
    ).toContain(counted);

    const [killed = '', broken = '', kept = ''] = first;
    process.kill(Number(killed), 'SIGKILL');
    process.kill(Number(broken), 'SIGUSR2');
    await expect
      .poll(async () => [...(await servingPids(address))].filter((pid) => !first.has(pid)).length, { timeout: 15_000 })
      .toBe(2);
    expect(await servingPids(address)).toContain(kept);

    server.kill('SIGTERM');
    expect(await server.exit).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
    const log = server.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(log.sort()).toEqual([
      'unexpected error: stopping',
      'worker exited, starting a replacement',
      'worker exited, starting a replacement',
    ]);
  });

  it('O274: the server stops cleanly if every one of its processes gets the signal', async () => {
    const server = serve({ ...(await ownDatabase()).env, ...planted });
    const [, address = ''] = await server.printed(/ready at (\S+)\n/);
    const pids = await servingPids(address);
    for (const pid of [server.pid, ...pids]) process.kill(Number(pid), 'SIGTERM');
    expect(await server.exit).toBe(0);
    expect(server.stderr).toBe('');
  });

  it('a problem of all workers is reported once and ends the start', async () => {
    const home = await ownDatabase();
    const first = serve({ ...home.env }, '2');
    const [, address = ''] = await first.printed(/ready at (\S+)\n/);
    const second = await finish(serve({ ...home.env, PORT: new URL(address).port }));
    expect(second.code).toBe(1);
    expect(second.stderr.match(/is in use by another program/g)).toHaveLength(1);
  });

  it('the option is refused on the embedded database', async () => {
    const { code, stderr } = await finish(serve({ DATA_DIR: '/nowhere' }));
    expect([code, stderr]).toEqual([
      1,
      '--workers needs DATABASE_URL, because only one process can use the embedded database.\n',
    ]);
  });

  it.each(['0', 'four'])('the number of workers cannot be %s', async (count) => {
    const { code, stderr } = await finish(serve({}, count));
    expect(code).toBe(2);
    expect(stderr).toContain('It must be a number from 1 to 64.');
  });
});
