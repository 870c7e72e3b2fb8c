import { clientCredentials, codeExchanges, type Endpoint, introspections, refreshes } from '../load/oauth-workloads.ts';
import { type EmptyDatabase, type MeasuredServer, startProcesses } from './measured-server.ts';

const CLIENT = { clientId: 'bench', secret: 'a secret of more than thirty-two characters' };
const TOKEN: Endpoint = { path: '/token', ...CLIENT };
const INTROSPECTION: Endpoint = { path: '/token/introspection', ...CLIENT };

async function start(name: string, clients: string, { url, database }: EmptyDatabase): Promise<MeasuredServer> {
  const env = { DATABASE_URL: url, CLIENTS: clients };
  const { ports, pids, stop } = await startProcesses('bench/peers/servers/oidc-provider.ts', env);
  const mint = async (kind: string, count: number): Promise<string[]> => {
    const response = await fetch(`http://127.0.0.1:${ports[0]}/mint?kind=${kind}&count=${count}`);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as string[];
  };
  return {
    name,
    ports,
    pids,
    database,
    stop,
    workloads: {
      client_credentials: async () => clientCredentials(TOKEN),
      refresh: async ({ connections }) => refreshes(TOKEN, await mint('refresh', connections)),
      code: async ({ requests }) => codeExchanges(TOKEN, await mint('code', requests)),
      introspection: async () => introspections(INTROSPECTION, await mint('access', 1000), 'unknown'),
    },
  };
}

export const oidcProvider = (emptyDatabase: EmptyDatabase): Promise<MeasuredServer> =>
  start('oidc-provider', 'memory', emptyDatabase);
export const oidcProviderWithStoredClients = (emptyDatabase: EmptyDatabase): Promise<MeasuredServer> =>
  start('oidc-provider, clients in the database', 'database', emptyDatabase);
