import { randomUUIDv7 } from 'node:crypto';
import type { AuditKind } from './audit/kinds.ts';
import type { Origin } from './audit/record.ts';
import { type Sql, statement } from './connection/sql.ts';
import { violatesForeignKey } from './connection/sql-errors.ts';
import type { IssuingClient } from './issue-tokens.ts';

/** A new authorization and the code or access token that is issued with it. Ids are row UUIDs. */
export interface NewAuthorization {
  readonly userId: string;
  readonly client: IssuingClient;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  /** The resources as a consent stores them: '' is this server. */
  readonly consentResources: readonly string[];
  readonly nonce: string | null;
  readonly now: Date;
  readonly expiresAt: Date;
  readonly credential: IssuedCredential;
}

type IssuedCredential = { readonly digest: Buffer; readonly expiresAt: Date } & (
  | { readonly kind: 'code'; readonly redirectUri: string | null; readonly codeChallenge: string | null }
  | { readonly kind: 'token' }
);

/** The user's decision to allow a pending authorization. */
export interface Decision {
  readonly pendingAuthorization: string;
  readonly remember: boolean;
  readonly origin: Origin;
}

/** The locks wait for a concurrent sign-out or change of the password or client, so that this statement sees its result. */
const APPROVED = `
  approved AS (
    INSERT INTO authorizations (id, client_id, user_id, session_id, grant_type, scopes, nonce, auth_time, created_at, expires_at,
      resources)
    SELECT $2::uuid, c.id, u.id, s.id, $4::text, $5::text[], $6::text, coalesce(s.auth_time, s.created_at), $1::timestamptz,
           $7::timestamptz, $13::text[]
    FROM users u JOIN sessions s ON s.user_id = u.id JOIN clients c ON c.id = $3, permitted
    WHERE u.id = $8 AND NOT u.disabled AND s.id = $9 AND s.expires_at > $1 AND c.tokens_since IS NOT DISTINCT FROM $14
    FOR SHARE OF u FOR KEY SHARE OF s, c RETURNING id
  )`;

const CODE = (first: number): string => `
  issued AS (
    INSERT INTO authorization_codes (id, digest, authorization_id, created_at, expires_at, redirect_uri, code_challenge)
    SELECT $10::uuid, $11::bytea, id, $1, $12::timestamptz, $${first}::text, $${first + 1}::text FROM approved
  )`;

const TOKEN = `
  issued AS (
    INSERT INTO access_tokens (id, digest, authorization_id, created_at, expires_at, scopes, resources)
    SELECT $10::uuid, $11::bytea, id, $1, $12::timestamptz, $5, $13 FROM approved
  )`;

const DECIDED = `
  permitted AS (
    UPDATE authorization_requests SET decided_at = $1
    WHERE id = $16 AND decided_at IS NULL AND expires_at > $1 RETURNING id
  )`;

const REMEMBERED = `
  remembered AS (
    INSERT INTO consents (id, user_id, client_id, resource, scopes, created_at, updated_at)
    SELECT gen_random_uuid(), $8::uuid, $3, resource, $5, $1, $1
    FROM approved, unnest($15::text[]) AS r (resource) WHERE $17::boolean
    ON CONFLICT (user_id, client_id, resource) DO UPDATE SET updated_at = $1, confirmed = true,
      scopes = ARRAY(SELECT DISTINCT unnest(CASE WHEN consents.confirmed THEN consents.scopes END || excluded.scopes))
  ), recorded AS (
    INSERT INTO audit_events (id, at, kind, actor_id, client_id, ip, request_id, detail)
    SELECT $18::uuid, $1, '${'consent.granted' satisfies AuditKind}', $8, $3, $19::text, $20::text,
           jsonb_build_object('authorization', id, 'scopes', to_jsonb($5)) FROM approved
  )`;

/** The statement checks the consent again, because the user may have withdrawn it a moment ago. */
const COVERED = `
  held AS MATERIALIZED (
    SELECT FROM consents
    WHERE user_id = $8 AND client_id = $3 AND resource = ANY ($15::text[]) AND confirmed AND scopes @> $5::text[] FOR SHARE
  ), permitted AS (SELECT FROM held HAVING count(*) = cardinality($15))`;

const approving = (name: string, ...parts: string[]) =>
  statement<{ id: string }>(name, `WITH ${parts.join(',')} SELECT id FROM approved`);

const decidedCode = approving('approve-code', DECIDED, APPROVED, CODE(21), REMEMBERED);
const decidedToken = approving('approve-token', DECIDED, APPROVED, TOKEN, REMEMBERED);
const coveredCode = approving('approve-covered-code', COVERED, APPROVED, CODE(16));
const coveredToken = approving('approve-covered-token', COVERED, APPROVED, TOKEN);

/**
 * Writes the decision, the consent, the authorization and its credential in one statement. Without a decision an earlier
 * consent must cover the scopes. Returns false if the request was already decided, the consent was withdrawn, the session
 * ended or the user was disabled.
 */
export async function approveAuthorization(
  sql: Sql,
  given: NewAuthorization,
  decision: Decision | undefined,
): Promise<boolean> {
  const { credential } = given;
  const grantType = credential.kind === 'code' ? 'authorization_code' : 'implicit';
  const values: unknown[] = [
    given.now,
    randomUUIDv7(),
    given.client.id,
    grantType,
    given.scopes,
    given.nonce,
    given.expiresAt,
    given.userId,
    given.sessionId,
    randomUUIDv7(),
    credential.digest,
    credential.expiresAt,
    given.resources,
    given.client.tokensSince ?? null,
    given.consentResources,
  ];
  if (decision) {
    const { ip, requestId } = decision.origin;
    values.push(decision.pendingAuthorization, decision.remember, randomUUIDv7(), ip ?? null, requestId ?? null);
  }
  if (credential.kind === 'code') values.push(credential.redirectUri, credential.codeChallenge);
  const query =
    credential.kind === 'code' ? (decision ? decidedCode : coveredCode) : decision ? decidedToken : coveredToken;
  try {
    return (await sql(query, values)).length === 1;
  } catch (error) {
    if (violatesForeignKey(error)) return false;
    throw error;
  }
}
