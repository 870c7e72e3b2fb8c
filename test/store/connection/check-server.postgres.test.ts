import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { migratedDatabase, type TestDatabase } from '../../support/database.ts';
import { openDatabase, startDatabase } from '../../support/database-with-em.ts';
import { startServer } from '../../support/server.ts';
import { tokenPair } from '../../support/token-forms.ts';

/** A database whose sessions start with these settings. */
async function databaseWith(settings: Record<string, string>): Promise<TestDatabase> {
  const home = await migratedDatabase();
  onTestFinished(() => home.remove());
  const url = home.env.DATABASE_URL ?? '';
  const database = await openDatabase({ url });
  for (const [name, value] of Object.entries(settings))
    await database.em().execute(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET ${name} = '${value}'`);
  await database.close();
  return home;
}

const startAt = (home: TestDatabase, search: string) =>
  startDatabase(loadConfig({ ...home.env, DATABASE_URL: `${home.env.DATABASE_URL}?${search}` }));

const STRANGE = { DateStyle: 'German, DMY', standard_conforming_strings: 'off', TimeZone: 'Asia/Kathmandu' };

describe('A PostgreSQL server with other settings', () => {
  it('M260 a server with other DateStyle and quote settings works like any other', async () => {
    const server = await startServer({}, await databaseWith(STRANGE));
    onTestFinished(() => server.close());
    const name = String.raw`O\'Reilly\\`;
    const client = await server.client({ name });
    expect((await tokenPair(server, client)).expires_in).toBe(3600);
    const sql = 'SELECT name FROM clients WHERE client_id = ?';
    expect(await server.database.em().execute(sql, [client.clientId])).toEqual([{ name }]);
  });

  it('M260 a server is refused if those settings cannot be set for a session', async () => {
    const home = await databaseWith(STRANGE);
    await expect(startAt(home, 'pgbouncer=true')).rejects.toThrow(
      'The database has DateStyle German, DMY and standard_conforming_strings off: set them to ISO and on for its role.',
    );
  });

  it('the connection fails if TLS is required and the server has none', async () => {
    const home = await databaseWith({});
    await expect(startAt(home, 'sslmode=verify-full')).rejects.toThrow(/does not support SSL/);
  });
});
