import { randomUUIDv7 } from 'node:crypto';
import type { Origin } from './audit/record.ts';
import { type Sql, statement } from './connection/sql.ts';

/** An authorization request while the person signs in and decides; `browser` and `digest` are SHA-256 digests. */
export interface PendingAuthorization {
  readonly id: string;
  /** The client's row. */
  readonly client: string;
  readonly response_type: 'code' | 'token';
  readonly redirect_uri: string | null;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly state: string | null;
  readonly code_challenge: string | null;
  readonly nonce: string | null;
  readonly prompts: readonly string[];
  readonly login_hint: string | null;
  readonly authenticated_since: Date | null;
  readonly subject: string | null;
  readonly created_at: Date;
}

const insertRequest = statement<never>(
  'keep-authorization-request',
  `INSERT INTO authorization_requests (id, digest, browser, client_id, response_type, redirect_uri, scopes, state, code_challenge,
     nonce, prompts, login_hint, authenticated_since, subject, created_at, expires_at, resources)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
);

const selectRequest = statement<PendingAuthorization>(
  'find-authorization-request',
  `SELECT id, client_id AS client, response_type, redirect_uri, scopes, state, code_challenge, nonce, prompts, login_hint,
          authenticated_since, subject, created_at, resources
   FROM authorization_requests
   WHERE digest = $1 AND browser = $2 AND expires_at > $3 AND decided_at IS NULL`,
);

const denyRequest = statement<{ client_id: string }>(
  'deny-authorization-request',
  `WITH denied AS (
     UPDATE authorization_requests SET decided_at = $2
     WHERE id = $1 AND decided_at IS NULL AND expires_at > $2 RETURNING client_id
   ), recorded AS (
     INSERT INTO audit_events (id, at, kind, actor_id, client_id, ip, request_id)
     SELECT $3::uuid, $2, 'consent.denied', $4::uuid, client_id, $5::text, $6::text FROM denied
   )
   SELECT client_id FROM denied`,
);

export async function savePendingAuthorization(
  sql: Sql,
  request: PendingAuthorization,
  digests: { handle: Buffer; browser: Buffer },
  expiresAt: Date,
): Promise<void> {
  const { id, client, response_type, redirect_uri, scopes, state, code_challenge, nonce, created_at } = request;
  const asked = [client, response_type, redirect_uri, scopes, state, code_challenge, nonce];
  const { prompts, login_hint, authenticated_since, subject } = request;
  const signIn = [prompts, login_hint, authenticated_since, subject];
  await sql(insertRequest, [
    id,
    digests.handle,
    digests.browser,
    ...asked,
    ...signIn,
    created_at,
    expiresAt,
    request.resources,
  ]);
}

/** The undecided request, for the browser that opened it and for no other. */
export async function findPendingAuthorization(
  sql: Sql,
  handle: Buffer,
  browser: Buffer,
  now: Date,
): Promise<PendingAuthorization | undefined> {
  return (await sql(selectRequest, [handle, browser, now]))[0];
}

/** The person said no; false if the request was decided before. */
export async function denyPendingAuthorization(
  sql: Sql,
  id: string,
  userId: string,
  now: Date,
  { ip, requestId }: Origin,
): Promise<boolean> {
  return (await sql(denyRequest, [id, now, randomUUIDv7(), userId, ip ?? null, requestId ?? null])).length === 1;
}
