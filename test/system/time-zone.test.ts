import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../src/crypto/secrets.ts';
import { CALLBACK, issueCode } from '../support/authorize.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { expectTokenError } from '../support/invariants.ts';
import { startServer, type TestServer } from '../support/server.ts';

const zone = process.env.TZ;
let database: TestDatabase;
let server: TestServer;

/** The process runs in the time zone of Shanghai, the database in that of New York, so that mixed-up local times differ by hours. */
beforeAll(async () => {
  database = await migratedDatabase();
  const before = await startServer({}, database);
  const em = before.database.em();
  const [here] = await em.execute<{ name: string }[]>('SELECT current_database() AS name');
  await em.execute(`ALTER DATABASE ${here?.name} SET timezone = 'America/New_York'`);
  await before.close();
  process.env.TZ = 'Asia/Shanghai';
  server = await startServer({}, database);
  // The embedded database ignores the setting above. It has one connection, so this setting lasts.
  if (server.database.embedded) await server.database.em().execute("SET timezone = 'America/New_York'");
});
afterAll(async () => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
  await server.close();
  await database.remove();
});

describe('A process in UTC+8 with a database in UTC-5', () => {
  it('S0-13: the time zones are set', async () => {
    expect(new Date().getTimezoneOffset()).toBe(-480);
    const [row] = await server.database.em().execute<{ zone: string }[]>("SELECT current_setting('timezone') AS zone");
    expect(row).toEqual({ zone: 'America/New_York' });
  });

  it('S0-13: a new code can be redeemed, and an expired one cannot', async () => {
    const client = await server.client({ accessTokenTtl: 36_000 });
    const user = await server.user();
    const form = (code: string) => ({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK });
    const [fresh, stale] = [await issueCode(server, client, {}, user), await issueCode(server, client, {}, user)];
    const age = `UPDATE authorization_codes SET expires_at = expires_at - interval '60 seconds' WHERE digest = ?`;
    await server.database.em().execute(age, [digest(stale)]);

    const { status, body } = await server.token(form(fresh), client);
    expect({ status, expires_in: body.expires_in }).toEqual({ status: 200, expires_in: 36_000 });
    expectTokenError(await server.token(form(stale), client), 400, 'invalid_grant');
    expect((await server.graphql('{ viewer { sub } }', body.access_token)).status).toBe(200);

    // Prepared statements and the ORM store the same instant.
    const [row] = await server.database
      .em()
      .execute<{ seconds: number }[]>(
        `SELECT extract(epoch FROM c.expires_at)::float8 AS seconds FROM authorization_codes c WHERE c.digest = ?`,
        [digest(fresh)],
      );
    expect(Math.abs((row?.seconds ?? 0) - (Date.now() / 1000 + 60))).toBeLessThan(20);
  });

  it('S0-13: the API returns times in UTC', async () => {
    const manager = await server.user({ superuser: true });
    const token = await server.accessToken({ user: manager, scopes: ['read'] });
    const query = 'query ($id: ID!) { user(id: $id) { createdAt } }';
    const { body } = await server.graphql(query, token, { id: manager.id });
    expect(body.data.user.createdAt).toMatch(/Z$/);
    expect(Math.abs(Date.parse(body.data.user.createdAt) - Date.now())).toBeLessThan(60_000);
    expect((await server.request('/readyz')).status).toBe(200);
  });
});
