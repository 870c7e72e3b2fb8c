import { randomUUIDv7 } from 'node:crypto';
import { violatesReference } from './faults.ts';
import { type Sql, statement } from './sql.ts';

/** Digests and expiries of what one token request issues. */
export interface Issue {
  readonly scopes: readonly string[];
  readonly now: Date;
  readonly access: { readonly digest: Buffer; readonly expiresAt: Date };
  readonly refresh: { readonly digest: Buffer; readonly salt: Buffer; readonly expiresAt: Date } | undefined;
}

/** An authorization that needs nobody's consent: client_credentials (no user) or password. */
export interface DirectAuthorization {
  readonly client: string;
  readonly userId: string | null;
  readonly grantType: 'client_credentials' | 'password';
  readonly expiresAt: Date;
}

/** The lock waits for whoever disables the account at this moment, and then looks again. */
const AUTHORIZED = `
  authorized AS (
    INSERT INTO authorizations (id, client_id, user_id, grant_type, scopes, created_at, expires_at)
    SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text[], $6::timestamptz, $7::timestamptz
    WHERE $3 IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = $3 AND NOT u.disabled FOR KEY SHARE OF u)
    RETURNING id
  )`;

const access = (first: number): string => `
  access AS (
    INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at)
    SELECT $${first}::uuid, $${first + 1}::bytea, id, $5::text[], $6::timestamptz, $${first + 2}::timestamptz FROM authorized
  )`;

const refresh = (first: number): string => `
  refresh AS (
    INSERT INTO refresh_tokens (id, digest, authorization_id, salt, created_at, expires_at)
    SELECT $${first}::uuid, $${first + 1}::bytea, id, $${first + 2}::bytea, $6::timestamptz, $${first + 3}::timestamptz FROM authorized
  )`;

const issueAccess = statement<{ id: string }>(
  'issue-access',
  `WITH ${AUTHORIZED},${access(8)} SELECT id FROM authorized`,
);
const issueBoth = statement<{ id: string }>(
  'issue-access-and-refresh',
  `WITH ${AUTHORIZED},${access(8)},${refresh(11)} SELECT id FROM authorized`,
);

/** Authorization and tokens in one statement; false if the user or the client has gone meanwhile. */
export async function issueDirectly(sql: Sql, authorization: DirectAuthorization, issue: Issue): Promise<boolean> {
  const { client, userId, grantType, expiresAt } = authorization;
  const row = [randomUUIDv7(), client, userId, grantType, issue.scopes, issue.now, expiresAt];
  try {
    return (await sql(issue.refresh ? issueBoth : issueAccess, [...row, ...tokenValues(issue)])).length === 1;
  } catch (error) {
    if (violatesReference(error)) return false;
    throw error;
  }
}

/** Values of the access row and, if there is one, the refresh row, in the order the statements bind them. */
export function tokenValues({ access: token, refresh: successor }: Issue): unknown[] {
  const values: unknown[] = [randomUUIDv7(), token.digest, token.expiresAt];
  if (successor) values.push(randomUUIDv7(), successor.digest, successor.salt, successor.expiresAt);
  return values;
}
