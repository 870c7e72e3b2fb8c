import { randomUUIDv7 } from 'node:crypto';
import type { Origin } from './audit/record.ts';
import { batched, inOrder } from './connection/shared-statement.ts';
import { type Sql, statement } from './connection/sql.ts';
import { type Issue, tokenValues } from './issue-tokens.ts';
import {
  AUTHORIZATION_COLUMNS,
  type CredentialRow,
  DIGESTS,
  INSERT_ACCESS,
  IS_ACTIVE,
  insertRefresh,
  lockLiveAuthorization,
} from './token-family.ts';

/** A refresh token, whether rotated or not, with its authorization. */
export interface RefreshRow extends CredentialRow {
  readonly id: string;
}

/** Where a refresh token was used: the network, and the digest of the User-Agent. */
export interface UsedFrom {
  readonly network: string;
  readonly agent: Uint8Array;
}

/** The refresh token that replaced a rotated one, and what is known about the first use of the rotated one. */
export interface SuccessorRow {
  readonly used_at: Date;
  readonly salt: Buffer | null;
  readonly refresh_digest: Buffer;
  readonly refresh_used_at: Date | null;
  /** Null if the token was rotated by a version that did not store them. */
  readonly network: string | null;
  readonly agent: Buffer | null;
  /** True if the parent of the rotated token was used from elsewhere within its grace period. */
  readonly parent_repeated_elsewhere: boolean | null;
  readonly active: boolean;
}

const selectRefreshTokens = statement<RefreshRow & { n: number }>(
  'find-refresh-tokens',
  `SELECT d.n::int, r.id, r.expires_at, r.used_at, ${AUTHORIZATION_COLUMNS}
   FROM ${DIGESTS} JOIN refresh_tokens r ON r.digest = d.digest
   JOIN authorizations a ON a.id = r.authorization_id JOIN users u ON u.id = a.user_id JOIN clients c ON c.id = a.client_id`,
);

const selectSuccessor = statement<SuccessorRow>(
  'find-successor',
  `SELECT r.used_at, n.salt, n.digest AS refresh_digest, n.used_at AS refresh_used_at,
          r.used_network AS network, r.used_agent AS agent, p.repeated_elsewhere AS parent_repeated_elsewhere,
          ${IS_ACTIVE} AS active
   FROM refresh_tokens r JOIN refresh_tokens n ON n.parent_id = r.id LEFT JOIN refresh_tokens p ON p.id = r.parent_id
   JOIN authorizations a ON a.id = r.authorization_id JOIN users u ON u.id = a.user_id JOIN clients c ON c.id = a.client_id
   WHERE r.id = $1`,
);

const selectAccess = statement<{ scopes: string[]; resources: string[]; expires_at: Date }>(
  'find-derived-access-token',
  'SELECT scopes, resources, expires_at FROM access_tokens WHERE digest = $1 AND authorization_id = $2',
);

/** Also deletes the salt of the rotated token, because the response that contained it need not be repeated any more. */
const rotateToken = statement<{ authorization_id: string }>(
  'rotate-refresh-token',
  `WITH ${lockLiveAuthorization('refresh_tokens')}, consumed AS (
     UPDATE refresh_tokens r SET used_at = $2, salt = NULL, used_network = $12, used_agent = $13 FROM locked
     WHERE r.id = $1 AND r.authorization_id = locked.id AND r.used_at IS NULL AND r.expires_at > $2
     RETURNING r.authorization_id
   ),${INSERT_ACCESS},${insertRefresh('$1::uuid')}
   SELECT authorization_id FROM consumed`,
);

export const findRefreshToken = batched(async (sql: Sql, digests: readonly Buffer[]) =>
  inOrder(digests.length, await sql(selectRefreshTokens, [digests])),
);

/** Needs its own statement, because only a new snapshot sees what a concurrent rotation has written. */
export const findSuccessor = async (sql: Sql, refreshTokenId: string): Promise<SuccessorRow | undefined> =>
  (await sql(selectSuccessor, [refreshTokenId]))[0];

export const findIssuedAccess = async (sql: Sql, digest: Buffer, authorizationId: string) =>
  (await sql(selectAccess, [digest, authorizationId]))[0];

/**
 * Rotates the refresh token and writes its successor in one statement. Returns false if another request was first, or if the
 * token expired or its authorization was revoked in the meantime.
 */
export async function rotateRefreshToken(sql: Sql, id: string, issue: Issue, from: UsedFrom): Promise<boolean> {
  const values = [id, issue.now, issue.scopes, ...tokenValues(issue), from.network, from.agent];
  return (await sql(rotateToken, values)).length === 1;
}

const recordRepeat = statement<never>(
  'record-repeated-refresh',
  `WITH marked AS (UPDATE refresh_tokens SET repeated_elsewhere = true WHERE id = $1 AND $2::boolean)
   INSERT INTO audit_events (id, at, kind, actor_id, client_id, ip, request_id, detail)
   VALUES ($3, $4, 'refresh_token.repeated', $5, $6, $7, $8, $9)`,
);

/** Records that a rotated token was used again within its grace period, and whether from elsewhere. */
export async function recordRepeatedRefresh(
  sql: Sql,
  { id, authorization_id, user_id, client_row_id }: RefreshRow,
  elsewhere: boolean,
  now: Date,
  { ip, requestId }: Origin,
): Promise<void> {
  const detail = JSON.stringify({ authorization: authorization_id, elsewhere });
  const event = [randomUUIDv7(), now, user_id, client_row_id, ip ?? null, requestId ?? null, detail];
  await sql(recordRepeat, [id, elsewhere, ...event]);
}
