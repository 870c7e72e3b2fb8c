import { koaAlone, koaInsert, koaSelect, yogaSelect } from './baselines.ts';
import { betterAuth } from './better-auth.ts';
import { django, djangoIsMissing } from './django.ts';
import { gatehouse, gatehouseLimited, gatehouseTwice, gatehouseUnshared } from './gatehouse.ts';
import { type Contender, place } from './measured-server.ts';
import { oidcProvider, oidcProviderWithStoredClients } from './oidc-provider.ts';
import type { Administration } from './postgres.ts';

const CONTENDERS = {
  ...{ koaAlone, koaInsert, koaSelect, yogaSelect },
  ...{ gatehouse, gatehouseTwice, gatehouseLimited, gatehouseUnshared },
  ...{ oidcProvider, oidcProviderWithStoredClients, betterAuth, django },
};

export type Name = keyof typeof CONTENDERS;

/** All who take part: each starts when it is first needed, and stays to the end. */
export interface Field {
  readonly administration: Administration;
  contenders(names: readonly Name[]): Promise<Contender[]>;
  stop(): Promise<void>;
}

export function openField(administration: Administration, only: readonly string[] | undefined): Field {
  const running = new Map<Name, Contender>();
  let noDjango: string | undefined;
  const wanted = (name: Name): boolean => {
    if (only && !only.includes(name)) return false;
    if (name !== 'django' || noDjango !== undefined) return name !== 'django';
    noDjango = djangoIsMissing();
    if (noDjango !== undefined) console.log(noDjango);
    return noDjango === undefined;
  };
  return {
    administration,
    async contenders(names) {
      const found: Contender[] = [];
      for (const name of names) {
        if (!running.has(name) && wanted(name))
          running.set(name, await CONTENDERS[name](await place(administration, name)));
        const contender = running.get(name);
        if (contender) found.push(contender);
      }
      return found;
    },
    async stop() {
      for (const contender of running.values()) await contender.stop();
    },
  };
}
