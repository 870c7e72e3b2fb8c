import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { seed } from '../../src/process/seed.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { startServer, type TestServer } from '../support/server.ts';

const TESTCLIENT = { clientId: 'testclient', secret: 'testpassword' };

let home: TestDatabase;
let server: TestServer;
beforeEach(async () => {
  home = await migratedDatabase();
  server = await startServer({}, home);
});
afterEach(async () => {
  await server.close();
  await home.remove();
});

const seedNow = (env: Record<string, string> = {}) => seed(server.database, loadConfig(env), new Date());
const rows = (sql: string): Promise<Record<string, unknown>[]> => server.database.em().execute(sql);

describe('S3-01: the demo data', () => {
  it('the command creates an administrator, a user without groups, and a client for every grant', async () => {
    expect(await seedNow()).toEqual(['admin', 'testuser', 'testclient']);

    expect(await rows('SELECT username, email, superuser, disabled FROM users ORDER BY username')).toEqual([
      { username: 'admin', email: null, superuser: true, disabled: false },
      { username: 'testuser', email: 'testuser@example.com', superuser: false, disabled: false },
    ]);
    expect(await rows('SELECT 1 FROM group_members')).toEqual([]);
    const columns =
      'client_id, redirect_uris, grant_types, require_pkce, redirect_uri_optional, default_scopes, service_permissions';
    expect(await rows(`SELECT ${columns} FROM clients WHERE NOT built_in`)).toEqual([
      {
        client_id: 'testclient',
        redirect_uris: ['https://www.example.com'],
        grant_types: ['authorization_code', 'password', 'client_credentials', 'refresh_token', 'implicit'],
        require_pkce: false,
        redirect_uri_optional: true,
        default_scopes: ['read', 'write', 'groups'],
        service_permissions: [],
      },
    ]);
  });

  it('the demo data can be used with a username, an email address and client credentials', async () => {
    await seedNow();
    const scope = 'read write groups';

    for (const [username, password] of [
      ['admin', 'adminpassword'],
      ['testuser', 'testpassword'],
      ['TestUser@Example.com', 'testpassword'],
    ])
      expect(
        await server.token({ grant_type: 'password', username: username ?? '', password: password ?? '' }, TESTCLIENT),
      ).toMatchObject({
        status: 200,
        body: { scope, refresh_token: expect.any(String) },
      });
    expect(await server.token({ grant_type: 'client_credentials' }, TESTCLIENT)).toMatchObject({
      status: 200,
      body: { scope },
    });
    const all = 'openid profile email offline_access read write groups clients audit';
    expect(await server.token({ grant_type: 'client_credentials', scope: all }, TESTCLIENT)).toMatchObject({
      status: 200,
      body: { scope: all },
    });
  });

  it('a second run changes nothing but recreates what was deleted', async () => {
    await seedNow();
    const before = await rows('SELECT id, password_hash FROM users ORDER BY id');

    expect(await seedNow()).toEqual([]);
    expect(await rows('SELECT id, password_hash FROM users ORDER BY id')).toEqual(before);
    await rows("DELETE FROM clients WHERE client_id = 'testclient'");
    expect(await seedNow()).toEqual(['testclient']);
  });

  it('demo data are refused on a public issuer and in a database that has other users', async () => {
    await expect(seedNow({ ISSUER: 'https://id.example.com' })).rejects.toThrow(/ISSUER is https:\/\/id\.example\.com/);
    const { username } = await server.user();
    await expect(seedNow()).rejects.toThrow(`This database already has users (${username})`);

    expect(await rows('SELECT username FROM users')).toEqual([{ username }]);
  });
});
