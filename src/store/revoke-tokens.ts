import { randomUUIDv7 } from 'node:crypto';
import type { AuditKind } from './audit/kinds.ts';
import type { Origin } from './audit/record.ts';
import { type Sql, statement } from './connection/sql.ts';

/** `own` is true if the token belongs to the client that asks to revoke it. */
interface Revoked {
  readonly own: boolean;
}

const RECORDED = `
  recorded AS (
    INSERT INTO audit_events (id, at, kind, actor_id, client_id, ip, request_id, detail)
    SELECT $4::uuid, $2, '${'token.revoked' satisfies AuditKind}', f.user_id, f.client_id, $5::text, $6::text,
           jsonb_build_object('authorization', f.authorization_id) FROM found f JOIN revoked ON true
  )
  SELECT client_id = $3 AS own FROM found`;

const revokeAccess = statement<Revoked>(
  'revoke-access-token',
  `WITH found AS (
     SELECT t.id, t.authorization_id, a.client_id, a.user_id FROM access_tokens t JOIN authorizations a ON a.id = t.authorization_id
     WHERE t.digest = $1
   ), revoked AS (
     UPDATE access_tokens SET revoked_at = $2 FROM found
     WHERE access_tokens.id = found.id AND access_tokens.revoked_at IS NULL AND found.client_id = $3 RETURNING access_tokens.id
   ),${RECORDED}`,
);

/** RFC 7009 §2.1: revoking a refresh token revokes its whole family. */
const revokeFamily = statement<Revoked>(
  'revoke-refresh-family',
  `WITH found AS (
     SELECT r.authorization_id, a.client_id, a.user_id FROM refresh_tokens r JOIN authorizations a ON a.id = r.authorization_id
     WHERE r.digest = $1
   ), revoked AS (
     UPDATE authorizations SET revoked_at = $2 FROM found
     WHERE authorizations.id = found.authorization_id AND authorizations.revoked_at IS NULL AND found.client_id = $3
     RETURNING authorizations.id
   ),${RECORDED}`,
);

/** Revokes the token with that digest if it belongs to the client. Returns undefined if there is no such token. */
export async function revoke(
  sql: Sql,
  kind: 'access' | 'refresh',
  digest: Buffer,
  clientRowId: string,
  now: Date,
  { ip, requestId }: Origin,
): Promise<Revoked | undefined> {
  const values = [digest, now, clientRowId, randomUUIDv7(), ip ?? null, requestId ?? null];
  return (await sql(kind === 'access' ? revokeAccess : revokeFamily, values))[0];
}
