import { randomUUIDv7 } from 'node:crypto';
import type { AuditKind } from './audit/kinds.ts';
import type { Origin } from './audit/record.ts';
import { type Sql, statement } from './connection/sql.ts';

/** What a code and a refresh token have in common: what they grant, and the sign-in behind it. */
export interface CredentialRow {
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly authorization_id: string;
  readonly authorization_expires_at: Date;
  readonly client_row_id: string;
  readonly user_id: string;
  readonly session_id: string | null;
  readonly auth_time: Date;
  readonly nonce: string | null;
  readonly scopes: string[];
  readonly resources: string[];
  /** False if the authorization or all tokens of its client were revoked, or its user was disabled. */
  readonly active: boolean;
}

/** True if the authorization `a` of the user `u` and the client `c` is active. */
export const IS_ACTIVE = `
  a.revoked_at IS NULL AND NOT u.disabled AND (c.tokens_since IS NULL OR a.created_at > c.tokens_since)`;

/** The columns of the authorization `a`, its user `u` and its client `c` that a code or refresh token is loaded with. */
export const AUTHORIZATION_COLUMNS = `
  a.id AS authorization_id, a.expires_at AS authorization_expires_at, a.client_id AS client_row_id, a.user_id, a.scopes, a.resources,
  a.session_id, coalesce(a.auth_time, a.created_at) AS auth_time, a.nonce,
  ${IS_ACTIVE} AS active`;

/** The digests to look up, numbered by their position. */
export const DIGESTS = 'unnest($1::bytea[]) WITH ORDINALITY AS d (digest, n)';

/**
 * Locks the authorization of the code or token if it is active. It is locked before the row of the code or token. Deletions
 * lock in the same order, because otherwise both could deadlock.
 */
export const lockLiveAuthorization = (table: string): string => `
  locked AS MATERIALIZED (
    SELECT a.id FROM authorizations a JOIN users u ON u.id = a.user_id
    WHERE a.id = (SELECT authorization_id FROM ${table} WHERE id = $1) AND a.revoked_at IS NULL AND NOT u.disabled
    FOR KEY SHARE OF a
  )`;

/** Inserts the tokens that the CTE `consumed` is exchanged for. The parameters are those of `tokenValues`. */
export const INSERT_ACCESS = `
  access AS (
    INSERT INTO access_tokens (id, digest, authorization_id, scopes, created_at, expires_at, resources)
    SELECT $4::uuid, $5::bytea, authorization_id, $3::text[], $2::timestamptz, $6::timestamptz, $7::text[] FROM consumed
  )`;

export const insertRefresh = (parent: string): string => `
  refresh AS (
    INSERT INTO refresh_tokens (id, digest, authorization_id, parent_id, salt, created_at, expires_at)
    SELECT $8::uuid, $9::bytea, authorization_id, ${parent}, $10::bytea, $2, $11::timestamptz FROM consumed
  )`;

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

/**
 * Revokes the authorization of a replayed code or refresh token, and with it all its tokens. Returns false if it was already
 * revoked. It is a separate statement, so that no later failure rolls it back.
 */
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
