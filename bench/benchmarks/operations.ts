import type { ServerName } from '../peers/catalog.ts';
import type { Operation } from '../peers/measured-server.ts';

const OURS: readonly ServerName[] = ['gatehouse', 'gatehouseTwice'];
const PROVIDERS: readonly ServerName[] = ['oidcProvider', 'oidcProviderWithStoredClients'];

/** What is asked of whom. */
export const SERVERS_BY_OPERATION: Readonly<Partial<Record<Operation, readonly ServerName[]>>> = {
  client_credentials: ['koaAlone', 'koaInsert', ...OURS, 'gatehouseLimited', ...PROVIDERS, 'betterAuth', 'django'],
  refresh: [...OURS, 'oidcProvider', 'django'],
  code: [...OURS, 'oidcProvider', 'django'],
  introspection: ['koaSelect', ...OURS, 'oidcProvider', 'betterAuth', 'django'],
  viewer: ['yogaSelect', ...OURS, 'django'],
  users: ['gatehouse', 'django'],
};

/** Where requests share statements: kept only while Gatehouse is that much faster for it than the same code without. */
export const OPERATIONS_WITH_SHARED_STATEMENTS: readonly Operation[] = [
  'client_credentials',
  'refresh',
  'introspection',
  'viewer',
  'users',
];
