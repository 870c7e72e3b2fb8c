import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { clientCredentials, introspections } from '../load/oauth-workloads.ts';
import { type EmptyDatabase, type MeasuredServer, startProcesses } from './measured-server.ts';

const directory = join(import.meta.dirname, 'better-auth');

/** better-auth with its oauth-provider plugin. It is installed on first use, because only the benchmark needs it. */
export async function betterAuth({ url, database }: EmptyDatabase): Promise<MeasuredServer> {
  if (!existsSync(join(directory, 'node_modules')))
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  const { ports, pids, stop } = await startProcesses('bench/peers/better-auth/server.js', { DATABASE_URL: url });
  const client = (await (await fetch(`http://127.0.0.1:${ports[0]}/client`)).json()) as { id: string; secret: string };
  const at = (path: string) => ({ path: `/api/auth/oauth2/${path}`, clientId: client.id, secret: client.secret });

  const token = async (): Promise<string> => {
    const headers = { Authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` };
    const body = new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' });
    const response = await fetch(`http://127.0.0.1:${ports[0]}${at('token').path}`, { method: 'POST', headers, body });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  return {
    name: 'better-auth',
    ports,
    pids,
    database,
    stop,
    workloads: {
      client_credentials: async () => clientCredentials(at('token')),
      introspection: async () =>
        introspections(at('introspect'), await Promise.all(Array.from({ length: 100 }, token)), 'unknown'),
    },
  };
}
