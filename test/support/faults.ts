import type { TestServer } from './server.ts';

/** While `work` runs, every commit of a write to `table` fails as during a shutdown of the database. */
export async function whileCommitsFail<T>({ database }: TestServer, table: string, work: () => Promise<T>): Promise<T> {
  const em = database.em();
  await em.execute(`
    CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'terminating connection due to administrator command' USING ERRCODE = '57P01'; END $$`);
  await em.execute(`
    CREATE CONSTRAINT TRIGGER fails_at_commit AFTER INSERT OR UPDATE OR DELETE ON ${table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_at_commit()`);
  try {
    return await work();
  } finally {
    await em.execute(`DROP TRIGGER fails_at_commit ON ${table}`);
    await em.execute('DROP FUNCTION fail_at_commit');
  }
}
