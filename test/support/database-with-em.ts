import * as store from '../../src/store/connection/database.ts';
import { type Em, entityManager } from '../../src/store/connection/orm.ts';
import * as start from '../../src/store/start-database.ts';

/** A database with its entity manager at hand, as most tests want it. */
export interface Administered extends store.Database {
  em(): Em;
}

export const administered = (database: store.Database): Administered => ({
  ...database,
  em: () => entityManager(database),
});

export const openDatabase = async (location: store.DatabaseLocation): Promise<Administered> =>
  administered(await store.openDatabase(location));

export interface StartedDatabase extends start.StartedDatabase {
  readonly database: Administered;
}

export async function startDatabase(...given: Parameters<typeof start.startDatabase>): Promise<StartedDatabase> {
  const started = await start.startDatabase(...given);
  return { ...started, database: administered(started.database) };
}
