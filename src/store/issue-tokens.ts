import { randomUUIDv7 } from 'node:crypto';
import { batched, inOrder } from './connection/shared-statement.ts';
import { type Sql, statement } from './connection/sql.ts';
import { isStatementRejected, violatesForeignKey } from './connection/sql-errors.ts';

/** Digests and expiries of what one token request issues. */
export interface Issue {
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly now: Date;
  readonly access: { readonly digest: Buffer; readonly expiresAt: Date };
  /** `salt` is set if the token was derived from one. */
  readonly refresh:
    | { readonly digest: Buffer; readonly salt: Buffer | undefined; readonly expiresAt: Date }
    | undefined;
}

/** A client as it was when it authenticated. If its `tokensSince` has changed since then, it gets no tokens. */
export interface IssuingClient {
  /** The UUID of the row. */
  readonly id: string;
  readonly tokensSince: Date | undefined;
}

/** An authorization that needs no consent: client_credentials (no user) or password. */
export interface DirectAuthorization {
  readonly client: IssuingClient;
  /** The user, and the hash that their password was verified against. Undefined for client_credentials. */
  readonly user: { readonly id: string; readonly passwordHash: string } | undefined;
  readonly expiresAt: Date;
}

const COLUMNS = '(id, client_id, user_id, grant_type, scopes, created_at, expires_at)';

const FOR_CLIENT = `
  authorized AS (
    INSERT INTO authorizations ${COLUMNS}
    SELECT $1::uuid, c.id, NULL, $3::text, $4::text[], $5::timestamptz, $6::timestamptz
    FROM clients c WHERE c.id = $2 AND c.tokens_since IS NOT DISTINCT FROM $7 FOR KEY SHARE RETURNING id
  )`;

/** The locks wait for a concurrent change of the password or the client, so that no token is issued for the old one. */
const FOR_USER = `
  authorized AS (
    INSERT INTO authorizations (id, client_id, user_id, grant_type, scopes, created_at, expires_at, resources)
    SELECT $1::uuid, c.id, u.id, $3::text, $4::text[], $5::timestamptz, $6::timestamptz, $13::text[]
    FROM users u JOIN clients c ON c.id = $2
    WHERE u.id = $8 AND u.password_hash = $9 AND NOT u.disabled AND c.tokens_since IS NOT DISTINCT FROM $7
    FOR SHARE OF u FOR KEY SHARE OF c RETURNING id
  )`;

const access = (first: number): string => `
  access AS (
    INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at, resources)
    SELECT $${first}::uuid, $${first + 1}::bytea, id, $4::text[], $5::timestamptz, $${first + 2}::timestamptz, $${first + 3}::text[]
    FROM authorized
  )`;

const refresh = (first: number): string => `
  refresh AS (
    INSERT INTO refresh_tokens (id, digest, authorization_id, salt, created_at, expires_at)
    SELECT $${first}::uuid, $${first + 1}::bytea, id, $${first + 2}::bytea, $5::timestamptz, $${first + 3}::timestamptz FROM authorized
  )`;

const issuing = (name: string, ...parts: string[]) =>
  statement<{ id: string }>(name, `WITH ${parts.join(',')} SELECT id FROM authorized`);

const issueForClient = issuing('issue-for-client', FOR_CLIENT, access(8));
const issueForUser = issuing('issue-for-user', FOR_USER, access(10));
const issueForUserWithRefresh = issuing('issue-for-user-with-refresh', FOR_USER, access(10), refresh(14));

interface ClientIssue {
  readonly client: IssuingClient;
  readonly expiresAt: Date;
  readonly issue: Issue;
}

/**
 * Issues client_credentials tokens for many clients in one statement. It skips a client whose row is locked, because one
 * locked client must not delay the others.
 */
const issueForClients = statement<{ n: number }>(
  'issue-for-clients',
  `WITH given AS (
     SELECT g.*, string_to_array(g.scope, ' ') AS scopes
     FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::uuid[], $7::bytea[],
                 $8::timestamptz[], $9::timestamptz[]) WITH ORDINALITY AS g (
       id, client_id, scope, created_at, expires_at, access_id, digest, access_expires_at, tokens_since, n)
   ), present AS MATERIALIZED (
     SELECT id, tokens_since FROM clients WHERE id = ANY ($2) FOR KEY SHARE SKIP LOCKED
   ), allowed AS (
     SELECT g.* FROM given g JOIN present p ON p.id = g.client_id AND p.tokens_since IS NOT DISTINCT FROM g.tokens_since
   ), authorized AS (
     INSERT INTO authorizations ${COLUMNS}
     SELECT g.id, g.client_id, NULL, 'client_credentials', g.scopes, g.created_at, g.expires_at
     FROM allowed g
   ), access AS (
     INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at)
     SELECT g.access_id, g.digest, g.id, g.scopes, g.created_at, g.access_expires_at
     FROM allowed g
   )
   SELECT g.n::int FROM allowed g`,
);

const issueTogether = batched(async (sql: Sql, requests: readonly ClientIssue[]): Promise<readonly boolean[]> => {
  const rows = await sql(issueForClients, [
    requests.map(() => randomUUIDv7()),
    requests.map(({ client }) => client.id),
    requests.map(({ issue }) => issue.scopes.join(' ')),
    requests.map(({ issue }) => issue.now),
    requests.map(({ expiresAt }) => expiresAt),
    requests.map(() => randomUUIDv7()),
    requests.map(({ issue }) => issue.access.digest),
    requests.map(({ issue }) => issue.access.expiresAt),
    requests.map(({ client }) => client.tokensSince ?? null),
  ]).catch((error: unknown) => {
    // PostgreSQL rejected the whole statement because of one request. Each request is now tried alone.
    if (isStatementRejected(error)) return [];
    throw error;
  });
  const issued = inOrder(requests.length, rows);
  return requests.map((_, index) => issued[index] !== undefined);
});

/**
 * Writes the authorization and its tokens in one statement. Returns false if in the meantime the client was deleted or all its
 * tokens were revoked, or the user was disabled or got a new password.
 */
export async function issueDirectly(sql: Sql, authorization: DirectAuthorization, issue: Issue): Promise<boolean> {
  const { client, user, expiresAt } = authorization;
  if (!user && issue.resources.length === 0 && (await issueTogether(sql, { client, expiresAt, issue }))) return true;
  const grantType = user ? 'password' : 'client_credentials';
  const { id, tokensSince } = client;
  const row = [randomUUIDv7(), id, grantType, issue.scopes, issue.now, expiresAt, tokensSince ?? null];
  const userValues = user ? [user.id, user.passwordHash] : [];
  const query = user ? (issue.refresh ? issueForUserWithRefresh : issueForUser) : issueForClient;
  try {
    return (await sql(query, [...row, ...userValues, ...tokenValues(issue)])).length === 1;
  } catch (error) {
    if (violatesForeignKey(error)) return false;
    throw error;
  }
}

/** The values of the access token row and the optional refresh token row, in the order in which the statements bind them. */
export function tokenValues({ access: token, refresh: successor, resources }: Issue): unknown[] {
  const values: unknown[] = [randomUUIDv7(), token.digest, token.expiresAt, resources];
  if (successor) values.push(randomUUIDv7(), successor.digest, successor.salt ?? null, successor.expiresAt);
  return values;
}
