import * as store from '../../src/store/connection/database.ts';
import { type Em, entityManager } from '../../src/store/connection/orm.ts';
import * as start from '../../src/store/start-database.ts';

/** A database with a method that returns an entity manager. */
export interface DatabaseWithEm extends store.Database {
  em(): Em;
}

export const withEm = (database: store.Database): DatabaseWithEm => ({
  ...database,
  em: () => entityManager(database),
});

export const openDatabase = async (location: store.DatabaseLocation): Promise<DatabaseWithEm> =>
  withEm(await store.openDatabase(location));

export interface StartedDatabase extends start.StartedDatabase {
  readonly database: DatabaseWithEm;
}

export async function startDatabase(...given: Parameters<typeof start.startDatabase>): Promise<StartedDatabase> {
  const started = await start.startDatabase(...given);
  return { ...started, database: withEm(started.database) };
}
