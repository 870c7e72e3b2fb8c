import { randomUUIDv7 } from 'node:crypto';
import type { AuditKind, Origin } from './audit/record.ts';
import { batched, inOrder } from './connection/shared-statement.ts';
import { type Sql, statement } from './connection/sql.ts';
import { type Issue, tokenValues } from './issue-tokens.ts';

/** A code as it was issued, with what it hangs on. */
export interface CodeRow {
  readonly id: string;
  readonly redirect_uri: string | null;
  readonly code_challenge: string | null;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly authorization_id: string;
  readonly authorization_expires_at: Date;
  readonly client: string;
  readonly user_id: string;
  readonly session_id: string | null;
  readonly auth_time: Date;
  readonly nonce: string | null;
  readonly scopes: string[];
  readonly resources: string[];
  /** The authorization is neither revoked nor its user disabled. */
  readonly alive: boolean;
}

/** A refresh token, spent or not, with what it hangs on. */
export interface RefreshRow {
  readonly id: string;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly authorization_id: string;
  readonly authorization_expires_at: Date;
  readonly client: string;
  readonly user_id: string;
  readonly session_id: string | null;
  readonly auth_time: Date;
  readonly nonce: string | null;
  readonly scopes: string[];
  readonly resources: string[];
  readonly alive: boolean;
}

/** What a spent refresh token bought. */
export interface SuccessorRow {
  readonly used_at: Date;
  readonly salt: Buffer | null;
  readonly refresh_digest: Buffer;
  readonly refresh_used_at: Date | null;
  readonly alive: boolean;
}

const DESCENT = `
  a.id AS authorization_id, a.expires_at AS authorization_expires_at, a.client_id AS client, a.user_id, a.scopes, a.resources,
  a.session_id, coalesce(a.auth_time, a.created_at) AS auth_time, a.nonce,
  a.revoked_at IS NULL AND NOT u.disabled AS alive`;

const DIGESTS = 'unnest($1::bytea[]) WITH ORDINALITY AS d (digest, n)';

const selectCodes = statement<CodeRow & { n: number }>(
  'find-codes',
  `SELECT d.n::int, c.id, c.redirect_uri, c.code_challenge, c.expires_at, c.used_at, ${DESCENT}
   FROM ${DIGESTS} JOIN authorization_codes c ON c.digest = d.digest
   JOIN authorizations a ON a.id = c.authorization_id JOIN users u ON u.id = a.user_id`,
);

const selectRefreshTokens = statement<RefreshRow & { n: number }>(
  'find-refresh-tokens',
  `SELECT d.n::int, r.id, r.expires_at, r.used_at, ${DESCENT}
   FROM ${DIGESTS} JOIN refresh_tokens r ON r.digest = d.digest
   JOIN authorizations a ON a.id = r.authorization_id JOIN users u ON u.id = a.user_id`,
);

const selectSuccessor = statement<SuccessorRow>(
  'find-successor',
  `SELECT r.used_at, n.salt, n.digest AS refresh_digest, n.used_at AS refresh_used_at,
          a.revoked_at IS NULL AND NOT u.disabled AS alive
   FROM refresh_tokens r JOIN refresh_tokens n ON n.parent_id = r.id
   JOIN authorizations a ON a.id = r.authorization_id JOIN users u ON u.id = a.user_id
   WHERE r.id = $1`,
);

const selectAccess = statement<{ scopes: string[]; resources: string[]; expires_at: Date }>(
  'find-derived-access-token',
  'SELECT scopes, resources, expires_at FROM access_tokens WHERE digest = $1 AND authorization_id = $2',
);

/**
 * What the code or token descends from, if it is alive. Locked before the row that is spent, as whoever deletes it does: in the
 * other order the two would wait for each other.
 */
const alive = (table: string): string => `
  ground AS MATERIALIZED (
    SELECT a.id FROM authorizations a JOIN users u ON u.id = a.user_id
    WHERE a.id = (SELECT authorization_id FROM ${table} WHERE id = $1) AND a.revoked_at IS NULL AND NOT u.disabled
    FOR KEY SHARE OF a
  )`;

const ACCESS = `
  access AS (
    INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at, resources)
    SELECT $4::uuid, $5::bytea, authorization_id, $3::text[], $2::timestamptz, $6::timestamptz, $7::text[] FROM spent
  )`;

const refresh = (parent: string): string => `
  refresh AS (
    INSERT INTO refresh_tokens (id, digest, authorization_id, parent_id, salt, created_at, expires_at)
    SELECT $8::uuid, $9::bytea, authorization_id, ${parent}, $10::bytea, $2, $11::timestamptz FROM spent
  )`;

const SPENT_CODE = `${alive('authorization_codes')},
  spent AS (
    UPDATE authorization_codes c SET used_at = $2 FROM ground
    WHERE c.id = $1 AND c.authorization_id = ground.id AND c.used_at IS NULL AND c.expires_at > $2
    RETURNING c.authorization_id
  )`;

const spendCodeForAccess = statement<{ authorization_id: string }>(
  'spend-code',
  `WITH ${SPENT_CODE},${ACCESS} SELECT authorization_id FROM spent`,
);
const spendCodeForBoth = statement<{ authorization_id: string }>(
  'spend-code-for-refresh',
  `WITH ${SPENT_CODE},${ACCESS},${refresh('NULL::uuid')} SELECT authorization_id FROM spent`,
);

/** The salt that it was made from goes with it: from now on nobody can ask for it again. */
const rotateRefresh = statement<{ authorization_id: string }>(
  'rotate-refresh-token',
  `WITH ${alive('refresh_tokens')}, spent AS (
     UPDATE refresh_tokens r SET used_at = $2, salt = NULL FROM ground
     WHERE r.id = $1 AND r.authorization_id = ground.id AND r.used_at IS NULL AND r.expires_at > $2
     RETURNING r.authorization_id
   ),${ACCESS},${refresh('$1::uuid')}
   SELECT authorization_id FROM spent`,
);

const revokeAuthorization = statement<{ id: string }>(
  'revoke-replayed-authorization',
  `WITH revoked AS (
     UPDATE authorizations SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id, user_id, client_id
   ), recorded AS (
     INSERT INTO audit_events (id, at, kind, actor_id, client_id, ip, request_id, detail)
     SELECT $3::uuid, $2, $4::text, user_id, client_id, $5::text, $6::text, jsonb_build_object('authorization', id) FROM revoked
   )
   SELECT id FROM revoked`,
);

export const findCode = batched(async (sql: Sql, digests: readonly Buffer[]) =>
  inOrder(digests.length, await sql(selectCodes, [digests])),
);

export const findRefreshToken = batched(async (sql: Sql, digests: readonly Buffer[]) =>
  inOrder(digests.length, await sql(selectRefreshTokens, [digests])),
);

/** In a statement of its own, after losing the race: only a new snapshot sees what the winner wrote. */
export const findSuccessor = async (sql: Sql, refreshTokenId: string): Promise<SuccessorRow | undefined> =>
  (await sql(selectSuccessor, [refreshTokenId]))[0];

export const findIssuedAccess = async (sql: Sql, digest: Buffer, authorizationId: string) =>
  (await sql(selectAccess, [digest, authorizationId]))[0];

/** Spends the code and writes what it buys, in one statement; false if somebody was first, or it has died meanwhile. */
export async function spendCode(sql: Sql, id: string, issue: Issue): Promise<boolean> {
  const query = issue.refresh ? spendCodeForBoth : spendCodeForAccess;
  return (await sql(query, [id, issue.now, issue.scopes, ...tokenValues(issue)])).length === 1;
}

/** Spends the refresh token and writes its successor, in one statement; false if somebody was first, or it has died meanwhile. */
export async function rotate(sql: Sql, id: string, issue: Issue): Promise<boolean> {
  return (await sql(rotateRefresh, [id, issue.now, issue.scopes, ...tokenValues(issue)])).length === 1;
}

/** A replay kills all that descends from the approval; false if it was dead already. In a statement of its own, which no later failure undoes. */
export async function revokeReplayed(
  sql: Sql,
  authorizationId: string,
  kind: AuditKind,
  now: Date,
  { ip, requestId }: Origin,
): Promise<boolean> {
  const values = [authorizationId, now, randomUUIDv7(), kind, ip ?? null, requestId ?? null];
  return (await sql(revokeAuthorization, values)).length === 1;
}
