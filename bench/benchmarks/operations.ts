import type { ServerName } from '../peers/catalog.ts';
import type { Operation } from '../peers/measured-server.ts';

const OURS: readonly ServerName[] = ['gatehouse', 'gatehouseTwoProcesses'];
const PROVIDERS: readonly ServerName[] = ['oidcProvider', 'oidcProviderWithStoredClients'];

/** Which servers are measured for each operation. */
export const SERVERS_BY_OPERATION: Readonly<Partial<Record<Operation, readonly ServerName[]>>> = {
  client_credentials: [
    'koaAlone',
    'koaInsert',
    ...OURS,
    'gatehouseWithRateLimits',
    ...PROVIDERS,
    'betterAuth',
    'django',
  ],
  refresh: [...OURS, 'oidcProvider', 'django'],
  code: [...OURS, 'oidcProvider', 'django'],
  introspection: ['koaSelect', ...OURS, 'oidcProvider', 'betterAuth', 'django'],
  viewer: ['yogaSelect', ...OURS, 'django'],
  users: ['gatehouse', 'django'],
};

/** Operations whose requests share statements, measured with and without sharing. */
export const OPERATIONS_WITH_SHARED_STATEMENTS: readonly Operation[] = [
  'client_credentials',
  'refresh',
  'introspection',
  'viewer',
  'users',
];
