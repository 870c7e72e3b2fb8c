import type { Name } from '../peers/catalog.ts';
import type { Kind } from '../peers/measured-server.ts';

const OURS: readonly Name[] = ['gatehouse', 'gatehouseTwice'];
const PROVIDERS: readonly Name[] = ['oidcProvider', 'oidcProviderWithStoredClients'];

/** What is asked of whom. */
export const RACES: Readonly<Partial<Record<Kind, readonly Name[]>>> = {
  client_credentials: ['koaAlone', 'koaInsert', ...OURS, 'gatehouseLimited', ...PROVIDERS, 'betterAuth', 'django'],
  refresh: [...OURS, 'oidcProvider', 'django'],
  code: [...OURS, 'oidcProvider', 'django'],
  introspection: ['koaSelect', ...OURS, 'oidcProvider', 'betterAuth', 'django'],
  viewer: ['yogaSelect', ...OURS, 'django'],
  users: ['gatehouse', 'django'],
};

/** Where requests share statements: kept only while Gatehouse is that much faster for it than the same code without. */
export const SHARING: readonly Kind[] = ['client_credentials', 'refresh', 'introspection', 'viewer', 'users'];
