import { koaAlone, koaInsert, koaSelect, yogaSelect } from './baselines.ts';
import { betterAuth } from './better-auth.ts';
import { django, installDjango } from './django.ts';
import { gatehouse, gatehouseTwoProcesses, gatehouseUnshared, gatehouseWithRateLimits } from './gatehouse.ts';
import { createDatabase, type MeasuredServer } from './measured-server.ts';
import { oidcProvider, oidcProviderWithStoredClients } from './oidc-provider.ts';
import type { BenchPostgres } from './postgres.ts';

const SERVERS = {
  koaAlone,
  koaInsert,
  koaSelect,
  yogaSelect,
  gatehouse,
  gatehouseTwoProcesses,
  gatehouseWithRateLimits,
  gatehouseUnshared,
  oidcProvider,
  oidcProviderWithStoredClients,
  betterAuth,
  django,
};

export type ServerName = keyof typeof SERVERS;

/** The servers that can be measured. Each starts when it is first needed, and runs until the end. */
export interface Catalog {
  readonly postgres: BenchPostgres;
  servers(names: readonly ServerName[]): Promise<MeasuredServer[]>;
  stop(): Promise<void>;
}

export function openCatalog(postgres: BenchPostgres, only: readonly string[] | undefined): Catalog {
  const running = new Map<ServerName, MeasuredServer>();
  let djangoMissing: string | undefined;
  const wanted = (name: ServerName): boolean => {
    if (only && !only.includes(name)) return false;
    if (name !== 'django' || djangoMissing !== undefined) return name !== 'django';
    djangoMissing = installDjango();
    if (djangoMissing !== undefined) console.log(djangoMissing);
    return djangoMissing === undefined;
  };
  return {
    postgres,
    async servers(names) {
      const found: MeasuredServer[] = [];
      for (const name of names) {
        if (!running.has(name) && wanted(name))
          running.set(name, await SERVERS[name](await createDatabase(postgres, name)));
        const server = running.get(name);
        if (server) found.push(server);
      }
      return found;
    },
    async stop() {
      for (const server of running.values()) await server.stop();
    },
  };
}
