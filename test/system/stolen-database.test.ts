import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest, issueCode } from '../support/authorize.ts';
import { basicOf } from '../support/client-endpoints.ts';
import type { TestClient } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { sessionCookie, signedIn } from '../support/sessions.ts';
import { present, presentBearer } from '../support/stolen-credentials.ts';
import { exchange, refreshing, tokenPair } from '../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' });
  client = await server.client({ servicePermissions: ['INTROSPECT'] });
  const { browser } = await signedIn(server);
  await browser.get(codeRequest(client));
  const pair = await tokenPair(server, client);
  await server.token(refreshing(pair.refresh_token), client);
  await issueCode(server, client);
});
afterAll(() => server.close());

interface Column {
  readonly table: string;
  readonly column: string;
}

/** All columns of bytes: digests, salts and the check value of the key. */
const columns = (): Promise<Column[]> =>
  server.database.em().execute<Column[]>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY 1, 2`,
  );

/** Values of the column, in every encoding. */
async function stolen({ table, column }: Column): Promise<string[]> {
  const rows = await server.database
    .em()
    .execute<{ hex: string }[]>(
      `SELECT encode(${column}, 'hex') AS hex FROM ${table} WHERE ${column} IS NOT NULL LIMIT 3`,
    );
  return rows.flatMap(({ hex }) => {
    const bytes = Buffer.from(hex, 'hex');
    return [hex, bytes.toString('base64'), bytes.toString('base64url')];
  });
}

describe('ASVS 5 §6.5.2: a copy of the database', () => {
  it('P287: no stored value can be used as a token, code, session, secret or request', async () => {
    const all = await columns();
    const cookie = sessionCookie(server);
    expect(all.map(({ table }) => table)).toEqual(
      expect.arrayContaining(['access_tokens', 'authorization_codes', 'client_secrets', 'refresh_tokens', 'sessions']),
    );
    let tried = 0;
    for (const text of (await Promise.all(all.map(stolen))).flat()) {
      tried++;
      const prefixed = (kind: string) => [text, `${kind}_${text}`];
      const token = (form: Record<string, string>, secret = client.secret) =>
        present(server, '/oauth/token', form, { Authorization: basicOf({ ...client, secret }) });
      for (const bearer of prefixed('gat')) expect(await presentBearer(server, bearer)).toBe(401);
      for (const refresh of prefixed('grt'))
        expect((await token(refreshing(refresh))).body.error).toBe('invalid_grant');
      for (const code of prefixed('gac')) expect((await token(exchange(code))).body.error).toBe('invalid_grant');
      for (const secret of prefixed('gcs'))
        expect((await token({ grant_type: 'client_credentials' }, secret)).body.error).toBe('invalid_client');
      for (const introspected of [...prefixed('gat'), ...prefixed('grt')]) {
        const headers = { Authorization: basicOf(client) };
        expect((await present(server, '/oauth/introspect', { token: introspected }, headers)).body).toEqual({
          active: false,
        });
      }
      const headers = { Cookie: `${cookie}=${text}; ${cookie.replace('gatehouse', 'gatehouse-setup')}=${text}` };
      expect((await present(server, '/', undefined, headers)).body).not.toContain('<h1>Hello, ');
      for (const path of ['/setup', `/consent?request=${encodeURIComponent(text)}`])
        expect((await present(server, path, undefined, headers)).status).toBe(400);
    }
    expect(tried).toBeGreaterThan(30);
  });

  it('P287: a password hash cannot be used as a password', async () => {
    const user = await server.user();
    const [row] = await server.database
      .em()
      .execute<{ hash: string }[]>('SELECT password_hash AS hash FROM users WHERE id = ?', [user.uuid]);
    const form = { grant_type: 'password', username: user.username, password: row?.hash ?? '' };
    const { body } = await present(server, '/oauth/token', form, { Authorization: basicOf(client) });
    expect(body.error).toBe('invalid_grant');
  });
});

describe('ASVS 5 §11.2.4: secrets are found by their digest', () => {
  it('P292: every digest has a unique index, so that no secret is compared byte by byte', async () => {
    const indexes = await server.database
      .em()
      .execute<{ table: string; definition: string }[]>(
        `SELECT tablename AS "table", indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'`,
      );
    const digests = (await columns()).filter(({ column }) => column === 'digest').map(({ table }) => table);
    // The one row of key_checks and the few secrets of a client are compared in constant time.
    const compared = ['client_secrets', 'key_checks'];
    const indexed = digests.filter((table) => !compared.includes(table));
    expect(indexed.length).toBeGreaterThan(4);
    // The look-up is by index when the digest is the first column of a unique index.
    for (const table of indexed) {
      const unique = indexes.filter((index) => index.table === table && /UNIQUE .*\(digest[,)]/.test(index.definition));
      expect([table, unique.length]).toEqual([table, 1]);
    }
  });
});
