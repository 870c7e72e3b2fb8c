import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest, issueCode } from '../support/authorize.ts';
import { basicOf } from '../support/client-endpoints.ts';
import type { TestClient } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { SESSION, signedIn } from '../support/sessions.ts';
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

/** Every column of bytes: digests, salts and the mark of the key. */
const columns = (): Promise<Column[]> =>
  server.database.em().execute<Column[]>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
       WHERE table_schema = 'public' AND data_type = 'bytea' ORDER BY 1, 2`,
  );

/** What lies there, in every way in which it could be written. */
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

describe('ASVS 5 §6.5.2: who steals the database has stolen no key', () => {
  it('P287: nothing of what is stored is a token, a code, a session, a secret or a request', async () => {
    const all = await columns();
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
      for (const asked of [...prefixed('gat'), ...prefixed('grt')]) {
        const headers = { Authorization: basicOf(client) };
        expect((await present(server, '/oauth/introspect', { token: asked }, headers)).body).toEqual({ active: false });
      }
      const headers = { Cookie: `${SESSION}=${text}; __Host-gatehouse-setup=${text}` };
      expect((await present(server, '/', undefined, headers)).body).not.toContain('<h1>Hello, ');
      for (const path of ['/setup', `/consent?request=${encodeURIComponent(text)}`])
        expect((await present(server, path, undefined, headers)).status).toBe(400);
    }
    expect(tried).toBeGreaterThan(30);
  });

  it('P287: a password’s hash is no password', async () => {
    const user = await server.user();
    const [row] = await server.database
      .em()
      .execute<{ hash: string }[]>('SELECT password_hash AS hash FROM users WHERE id = ?', [user.uuid]);
    const form = { grant_type: 'password', username: user.username, password: row?.hash ?? '' };
    const { body } = await present(server, '/oauth/token', form, { Authorization: basicOf(client) });
    expect(body.error).toBe('invalid_grant');
  });
});

describe('ASVS 5 §11.2.4: a secret is looked for by its digest', () => {
  it('P292: in an index, which knows each only once; nothing is compared letter by letter', async () => {
    const indexes = await server.database
      .em()
      .execute<{ table: string; definition: string }[]>(
        `SELECT tablename AS "table", indexdef AS definition FROM pg_indexes WHERE schemaname = 'public'`,
      );
    const digests = (await columns()).filter(({ column }) => column === 'digest').map(({ table }) => table);
    // These are read as a whole: one row, and the few of one client, each compared in constant time.
    const compared = ['client_secrets', 'key_checks'];
    const looked = digests.filter((table) => !compared.includes(table));
    expect(looked.length).toBeGreaterThan(4);
    for (const table of looked) {
      const unique = indexes.filter((index) => index.table === table && /UNIQUE .*\(digest\)/.test(index.definition));
      expect([table, unique.length]).toEqual([table, 1]);
    }
  });
});
