import { loadConfig } from '../../src/config.ts';
import { migratedDatabase } from './database.ts';
import { type StartedDatabase, startDatabase } from './database-with-em.ts';

/** A migrated database without a server. Closing it removes it. */
export async function startOwnDatabase(): Promise<StartedDatabase> {
  const home = await migratedDatabase();
  const started = await startDatabase(loadConfig(home.env));
  return {
    ...started,
    async close() {
      await started.close();
      await home.remove();
    },
  };
}
