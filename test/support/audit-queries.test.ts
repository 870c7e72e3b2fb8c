import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from './audit-queries.ts';
import { startServer, type TestServer } from './server.ts';
import { refreshing, tokenPair } from './token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Statements that corrupt the authorization `?`, whose code was used and whose refresh token was used once. */
const CORRUPTIONS: readonly [string, string][] = [
  ['a code with more than one grant', 'UPDATE refresh_tokens SET parent_id = NULL WHERE authorization_id = ?'],
  ['a code without a use but with tokens', 'UPDATE authorization_codes SET used_at = NULL WHERE authorization_id = ?'],
  ['a used code without tokens', 'DELETE FROM access_tokens WHERE authorization_id = ?'],
  [
    'a family with more than one unused, unrevoked, unexpired refresh token',
    'UPDATE refresh_tokens SET used_at = NULL WHERE authorization_id = ?',
  ],
  [
    'a refresh token with more than one successor, or used without one',
    'DELETE FROM refresh_tokens WHERE parent_id IS NOT NULL AND authorization_id = ?',
  ],
  [
    'an access token whose grant is missing, or that was issued after its grant was revoked',
    "UPDATE authorizations SET revoked_at = created_at - interval '1 minute' WHERE id = ?",
  ],
  [
    'an authorization that is active after a recorded replay',
    `INSERT INTO audit_events (id, at, kind, detail)
     SELECT gen_random_uuid(), now(), 'code.replayed', jsonb_build_object('authorization', id) FROM authorizations WHERE id = ?`,
  ],
  [
    'a session of a disabled user',
    'UPDATE users SET disabled = true WHERE id = (SELECT user_id FROM authorizations WHERE id = ?)',
  ],
];

describe('The audit of a database', () => {
  it('the audit finds nothing in a consistent database, even after a replay', async () => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    const { body } = await server.token(refreshing(refresh_token), client);
    await server.token(refreshing(body.refresh_token), client);
    expect((await server.token(refreshing(refresh_token), client)).status).toBe(400);
    expect(await audit(server.database)).toEqual([]);
  });

  it.each(CORRUPTIONS)('the audit finds %s', async (finding, corruption) => {
    const client = await server.client();
    const { refresh_token } = await tokenPair(server, client);
    expect((await server.token(refreshing(refresh_token), client)).status).toBe(200);
    const em = server.database.em();
    const [row] = await em.execute<{ id: string }[]>(
      'SELECT a.id FROM authorizations a JOIN clients c ON c.id = a.client_id WHERE c.client_id = ?',
      [client.clientId],
    );
    await em.execute(corruption, [row?.id]);
    expect(await audit(server.database)).toContainEqual(expect.stringMatching(`^${finding}: .*"${row?.id}"`));
  });
});
