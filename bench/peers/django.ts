import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../test/support/postgres.ts';
import { restRequests } from '../load/graphql-workloads.ts';
import { clientCredentials, codeExchanges, introspections, refreshes } from '../load/oauth-workloads.ts';
import type { EmptyDatabase, MeasuredServer } from './measured-server.ts';

const directory = join(import.meta.dirname, 'django');
const PYTHON = '/usr/bin/python3';
const PACKAGES = ['python3-django-oauth-toolkit', 'python3-djangorestframework', 'gunicorn', 'python3-psycopg2'];
const WORKERS = 4;
/** The share of the load's connections that one worker gets. Each thread keeps one database connection. */
const THREADS = 8;

/** Installs the Debian packages if they are missing. Returns the reason if this is not possible. */
export function installDjango(): string | undefined {
  const isInstalled = () =>
    spawnSync(PYTHON, ['-c', 'import oauth2_provider, rest_framework, gunicorn, psycopg2']).status === 0;
  if (isInstalled()) return undefined;
  if (spawnSync('apt-get', ['--version']).status !== 0 || process.getuid?.() !== 0)
    return 'Skipped Django OAuth Toolkit: its Debian packages are missing, and only root can install them with apt-get.';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES], { env, stdio: 'ignore' });
  return isInstalled() ? undefined : 'Skipped Django OAuth Toolkit: its Debian packages could not be installed.';
}

/** Django OAuth Toolkit and Django REST framework under gunicorn. */
export async function django({ url, database }: EmptyDatabase): Promise<MeasuredServer> {
  const env = { PATH: process.env.PATH, DATABASE_URL: url, PYTHONDONTWRITEBYTECODE: '1' };
  const run = (...args: string[]) =>
    execFileSync(PYTHON, ['application.py', ...args], { cwd: directory, env, maxBuffer: 1 << 28 }).toString();
  run('prepare');
  const mint = (kind: string, count: number) => JSON.parse(run('mint', kind, String(count))) as string[];

  const port = await freePort();
  const args = ['-w', String(WORKERS), '-k', 'gthread', '--threads', String(THREADS), '-b', `127.0.0.1:${port}`];
  const server = spawn(
    PYTHON,
    ['-m', 'gunicorn', ...args, '--keep-alive', '60', '--log-level', 'error', 'application'],
    { cwd: directory, env, stdio: 'ignore' },
  );
  const kill = () => server.kill('SIGKILL');
  process.once('exit', kill);
  while (!(await isUp(port)));

  const at = (path: string, clientId: string) => ({ path: `/o/${path}/`, clientId, secret: 'the secret' });
  const token = at('token', 'authorization-code');
  const bearers = mint('access', 100).map((one) => ({ token: one, username: '' }));
  const hasTwoGroups = (user: { groups: unknown[] }) => user.groups.length === 2;
  return {
    name: 'Django OAuth Toolkit',
    ports: [port],
    pids: [server.pid ?? 0, ...childrenOf(server.pid ?? 0)],
    database,
    workloads: {
      client_credentials: async () => clientCredentials(at('token', 'client-credentials')),
      refresh: async ({ connections }) => refreshes(token, mint('refresh', connections)),
      code: async ({ requests }) => codeExchanges(token, mint('code', requests)),
      introspection: async () =>
        introspections(at('introspect', 'authorization-code'), mint('access', 1000), 'unknown'),
      viewer: async () => restRequests(bearers, '/users/1/', (body) => hasTwoGroups(JSON.parse(body))),
      users: async () => {
        const isCorrectPage = (body: string) => {
          const { results } = JSON.parse(body);
          return results.length === 10 && results.every(hasTwoGroups);
        };
        return restRequests(bearers, '/users/', isCorrectPage);
      },
    },
    async stop() {
      const exited = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await exited;
      process.off('exit', kill);
    },
  };
}

const isUp = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/users/`).then(
    ({ status }) => status === 401,
    () => new Promise((resolve) => setTimeout(() => resolve(false), 100)),
  );

function childrenOf(parent: number): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return Number(stat[1]) === parent ? [Number(entry)] : [];
    } catch {
      // The process has exited meanwhile.
      return [];
    }
  });
}
