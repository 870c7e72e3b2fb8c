import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../support/database.ts';
import { finish, type GatehouseProcess, run } from '../support/process.ts';

async function own(): Promise<TestDatabase> {
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
/** Each process answers for itself: which one it was is told by a header. */
const TELLS_PID = `
  const { ServerResponse } = await import('node:http');
  const { writeHead } = ServerResponse.prototype;
  ServerResponse.prototype.writeHead = function (...all) { this.setHeader('X-Pid', process.pid); return writeHead.apply(this, all); };`;
const planted = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`${TELLS_PID}${THROWS}`)}` };

/** Who answers; what a process had not answered when it died is lost with it. */
async function answering(address: string): Promise<Set<string>> {
  const asked = Array.from({ length: 40 }, () => fetch(`${address}/readyz`, { headers: { Connection: 'close' } }));
  const answers = (await Promise.allSettled(asked)).flatMap((answer) =>
    answer.status === 'fulfilled' ? [answer.value] : [],
  );
  return new Set(answers.filter(({ ok }) => ok).map(({ headers }) => headers.get('X-Pid') ?? ''));
}

describe('gatehouse serve --workers', () => {
  it('O284 is several processes on one port, each replaced when it dies, and ends with all of them', async () => {
    const server = serve({ ...(await own()).env, ...planted });
    const [, address = ''] = await server.printed(/ready at (\S+)\n/);
    // Told once, by the one that prepared: the link of a later one would make an earlier one void.
    expect(server.stdout.match(/setup\?ticket=/g)).toHaveLength(1);
    const first = await answering(address);
    expect(first.size).toBe(3);
    expect(first).not.toContain(String(server.pid));

    // Each has answered some of the forty; whichever is asked now tells of all.
    const counted = 'gatehouse_http_request_duration_seconds_count{route="/readyz",method="GET",status="200"} 40';
    expect(await (await fetch(`${address}/metrics`, { headers: { Connection: 'close' } })).text()).toContain(counted);

    const [killed = '', broken = '', kept = ''] = first;
    process.kill(Number(killed), 'SIGKILL');
    process.kill(Number(broken), 'SIGUSR2');
    await expect
      .poll(async () => [...(await answering(address))].filter((pid) => !first.has(pid)).length, { timeout: 15_000 })
      .toBe(2);
    expect(await answering(address)).toContain(kept);

    server.kill('SIGTERM');
    expect(await server.exit).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
    const log = server.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(log.sort()).toEqual([
      'a worker ended: starting another one',
      'a worker ended: starting another one',
      'unexpected error: stopping',
    ]);
  });

  it('O274 ends although the signal reached every process of it', async () => {
    const server = serve({ ...(await own()).env, ...planted });
    const [, address = ''] = await server.printed(/ready at (\S+)\n/);
    const pids = await answering(address);
    for (const pid of [server.pid, ...pids]) process.kill(Number(pid), 'SIGTERM');
    expect(await server.exit).toBe(0);
    expect(server.stderr).toBe('');
  });

  it('says once what hinders its workers, and ends', async () => {
    const home = await own();
    const first = serve({ ...home.env }, '2');
    const [, address = ''] = await first.printed(/ready at (\S+)\n/);
    const second = await finish(serve({ ...home.env, PORT: new URL(address).port }));
    expect(second.code).toBe(1);
    expect(second.stderr.match(/is taken by another program/g)).toHaveLength(1);
  });

  it('is refused on the embedded database', async () => {
    const { code, stderr } = await finish(serve({ DATA_DIR: '/nowhere' }));
    expect([code, stderr]).toEqual([
      1,
      '--workers needs DATABASE_URL: the embedded database belongs to one process.\n',
    ]);
  });

  it.each(['0', 'four'])('is refused with %s of them', async (count) => {
    const { code, stderr } = await finish(serve({}, count));
    expect(code).toBe(2);
    expect(stderr).toContain('It must be a number from 1 to 64.');
  });
});
