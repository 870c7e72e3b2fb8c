import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSOLE_CLIENT_ID, ensureConsoleScopes } from '../../../src/oauth/clients/console-client.ts';
import { CONSOLE_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { authorizePath, responseParams } from '../../support/authorize.ts';
import { migratedDatabase, type TestDatabase } from '../../support/database.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let home: TestDatabase;
let server: TestServer;

const scopesOf = async (): Promise<string[]> => {
  const rows = await server.database
    .em()
    .execute<{ scopes: string[] }[]>('SELECT scopes FROM clients WHERE client_id = ?', [CONSOLE_CLIENT_ID]);
  return rows[0]?.scopes ?? [];
};

/** What a client is answered that asks for the scopes without any page. */
async function errorOf(scope: string): Promise<string | undefined> {
  const redirect_uri = `${server.config.issuer}/graphiql/callback`;
  const challenge = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' };
  const query = { response_type: 'code', client_id: CONSOLE_CLIENT_ID, redirect_uri, ...challenge };
  const page = await server.browser().get(authorizePath({ ...query, scope, prompt: 'none' }));
  return responseParams(new URL(page.url, server.url).href).error;
}

describe('the built-in client of GraphiQL, on a database of a version with fewer scopes', () => {
  beforeAll(async () => {
    home = await migratedDatabase();
    server = await startServer({}, home);
    await server.database
      .em()
      .execute(`UPDATE clients SET scopes = '{openid,read,groups,older}' WHERE client_id = ?`, [CONSOLE_CLIENT_ID]);
  });
  afterAll(async () => {
    await server.close();
    await home.remove();
  });

  it('cannot request a scope that only the newer version has', async () => {
    expect(await errorOf('audit')).toBe('invalid_scope');
  });

  it('can request every console scope once the newer version has started', async () => {
    await server.close();
    server = await startServer({}, home);
    expect(await errorOf(CONSOLE_SCOPES.join(' '))).toBe('login_required');
    expect(await errorOf('offline_access')).toBe('invalid_scope');
  });

  it('keeps what it had, and a second start changes nothing', async () => {
    const before = await scopesOf();
    await ensureConsoleScopes(server.database.sql);
    expect(before.slice(0, 4)).toEqual(['openid', 'read', 'groups', 'older']);
    expect(before.toSorted()).toEqual([...CONSOLE_SCOPES, 'older'].toSorted());
    expect(await scopesOf()).toEqual(before);
  });
});
