import { expect } from 'vitest';
import { CALLBACK, issueCode } from './authorize.ts';
import type { TestClient, TestUser } from './fixtures.ts';
import { expectTokenError } from './invariants.ts';
import { pkce } from './pkce.ts';
import type { TestServer } from './server.ts';

type Form = Record<string, string>;

/** RFC 6749 §4.1.3 */
export const exchange = (code: string, more: Form = {}): Form => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: CALLBACK,
  ...more,
});

/** RFC 6749 §6 */
export const refreshing = (refreshToken: string, more: Form = {}): Form => ({
  grant_type: 'refresh_token',
  refresh_token: refreshToken,
  ...more,
});

export interface TokenPair {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
  readonly scope: string;
  readonly id_token?: string;
}

/** The tokens of a new authorization. */
export async function tokenPair(
  server: TestServer,
  client: TestClient,
  query: Form = {},
  user?: TestUser,
): Promise<TokenPair> {
  const { status, body } = await server.token(exchange(await issueCode(server, client, query, user)), client);
  expect(status).toBe(200);
  return body;
}

/** The same for a public client, which has no secret and must use PKCE. */
export async function publicTokenPair(server: TestServer, client: TestClient): Promise<TokenPair> {
  const { verifier, challenge } = pkce();
  const code = await issueCode(server, client, { code_challenge: challenge, code_challenge_method: 'S256' });
  const { status, body } = await server.token(exchange(code, { client_id: client.clientId, code_verifier: verifier }));
  expect(status).toBe(200);
  return body;
}

/** The status of a request with that access token: 200, or 401 once it has expired or was revoked. */
export const bearerStatus = async (server: TestServer, accessToken: string): Promise<number> =>
  (await server.graphql('{ viewer { sub } }', accessToken)).status;

/** Checks that both tokens are revoked. */
export async function expectRevoked(
  server: TestServer,
  client: TestClient,
  { access_token, refresh_token }: TokenPair,
): Promise<void> {
  expect(await bearerStatus(server, access_token)).toBe(401);
  expectTokenError(await server.token(refreshing(refresh_token), client), 400, 'invalid_grant');
}

/** Audit events of that kind for a client. */
export async function eventsOf({ database }: TestServer, kind: string, { clientId }: TestClient): Promise<unknown[]> {
  return database
    .em()
    .execute(
      'SELECT e.actor_id, e.ip, e.detail FROM audit_events e JOIN clients c ON c.id = e.client_id WHERE e.kind = ? AND c.client_id = ?',
      [kind, clientId],
    );
}
