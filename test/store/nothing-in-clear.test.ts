import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CALLBACK, issueCode } from '../support/authorize.ts';
import { unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Every row of every table as text, as an attacker with a backup reads it. Bytes are in hex. */
async function everything(): Promise<string> {
  const em = server.database.em();
  const tables = await em.execute<{ name: string }[]>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  expect(tables.length).toBeGreaterThan(15);
  const rows: string[] = [];
  for (const { name } of tables)
    for (const { row } of await em.execute<{ row: string }[]>(`SELECT t::text AS row FROM ${name} t`)) rows.push(row);
  return rows.join('\n');
}

const hex = (text: string): string => Buffer.from(text).toString('hex');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('A copy of the database', () => {
  it('S3-11 S3-12 a copy contains no token, code, secret, password or cookie, neither as text nor as bytes', async () => {
    const password = unique('a password to look for');
    const [client, user, browser] = [await server.client(), await server.user({ password }), server.browser()];
    const imported = await server.client(
      {},
      { clientId: unique('imported'), secret: unique('an imported secret of 32 characters') },
    );
    const page = await browser.get(`/oauth/authorize?response_type=code&client_id=${client.clientId}`);
    const handle = new URL(page.url).searchParams.get('request') ?? '';
    await browser.submit(page, { username: user.username, password });
    const code = await issueCode(server, client, {}, { ...user, password });
    const exchanged = await server.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, client);
    const refresh = { grant_type: 'refresh_token', refresh_token: exchanged.body.refresh_token };
    const refreshed = await server.token(refresh, client);
    expect([exchanged.status, refreshed.status]).toEqual([200, 200]);

    const secrets = [
      ...[client.secret, imported.secret, password, code, handle, ...browser.cookies.values()],
      ...[exchanged, refreshed].flatMap(({ body }) => [body.access_token, body.refresh_token]),
    ];
    expect(secrets.length).toBe(11);
    const dump = await everything();
    const log = server.log.join('\n');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(30);
      for (const form of [secret, hex(secret), Buffer.from(secret).toString('base64')]) {
        expect(dump).not.toContain(form);
        expect(log).not.toContain(form);
      }
    }
    // The dump contains the digests of the same values, so the search above looked in the right place.
    for (const secret of [
      client.secret,
      imported.secret,
      code,
      handle,
      refreshed.body.access_token,
      refreshed.body.refresh_token,
    ])
      expect(dump).toContain(sha256(secret));
    expect(dump).toContain(user.username);
  });

  it('S3-11 a client secret is stored as SHA-256', async () => {
    const [one, two] = [await server.client(), await server.client()];
    const rows = await server.database
      .em()
      .execute<{ digest: Uint8Array }[]>(
        `SELECT s.digest FROM client_secrets s JOIN clients c ON c.id = s.client_id WHERE c.client_id IN (?, ?)`,
        [one.clientId, two.clientId],
      );
    const stored = rows.map((row) => Buffer.from(row.digest).toString('hex')).sort();
    expect(stored).toEqual([one, two].map(({ secret }) => sha256(secret)).sort());
  });

  it('S3-11 two users with the same password have different hashes', async () => {
    const password = unique('the same for both');
    const users = [await server.user({ password }), await server.user({ password })];
    const rows = await server.database.em().execute<{ hash: string }[]>(
      'SELECT password_hash AS hash FROM users WHERE username IN (?, ?)',
      users.map(({ username }) => username),
    );
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(2);
    expect(rows.every(({ hash }) => hash.startsWith('$argon2id$'))).toBe(true);
  });
});
