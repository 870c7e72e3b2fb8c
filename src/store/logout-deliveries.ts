import type { Em } from './connection/orm.ts';
import { type Sql, statement } from './connection/sql.ts';

/** Milliseconds for which a client that cannot be reached is tried again. */
const PATIENCE = 86_400_000;
/** A node takes so many at a time. */
const BATCH = 20;

/** One client that has yet to be told of one session's end. Ids are rows' uuids. */
export interface LogoutDelivery {
  readonly id: string;
  readonly uri: string;
  readonly client_id: string;
  readonly algorithm: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly attempts: number;
}

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.5: everybody who got an ID token in the session is told that it has ended. Within
 * the transaction that ends it, and before: so that either both are done or neither.
 */
const announce = (sessions: string): string => `
  INSERT INTO logout_deliveries (id, client_id, user_id, session_id, next_attempt_at, created_at, expires_at)
  SELECT gen_random_uuid(), told.client_id, told.user_id, told.session_id, ?, ?, ? FROM (
    SELECT DISTINCT a.client_id, a.user_id, a.session_id
    FROM sessions s JOIN authorizations a ON a.session_id = s.id JOIN clients c ON c.id = a.client_id
    WHERE ${sessions} AND 'openid' = ANY (a.scopes) AND c.backchannel_logout_uri IS NOT NULL AND NOT c.disabled
  ) AS told`;

const times = (now: Date): Date[] => [now, now, new Date(now.getTime() + PATIENCE)];

/** One session is about to end. */
export async function queueSessionLogout(tx: Em, sessionId: string, now: Date): Promise<void> {
  await tx.execute(announce('s.id = ?'), [...times(now), sessionId]);
}

/** All sessions of a person are about to end, save one that is spared. */
export async function queueUserLogouts(tx: Em, userId: string, now: Date, spared: string | undefined): Promise<void> {
  const which = spared === undefined ? 's.user_id = ?' : 's.user_id = ? AND s.id <> ?';
  await tx.execute(announce(which), [...times(now), userId, ...(spared === undefined ? [] : [spared])]);
}

/** Takes what is due: until its next attempt it is this node's alone. 15 s, then four times as long each time, 6 h at most. */
const claim = statement<LogoutDelivery>(
  'claim-logout-deliveries',
  `UPDATE logout_deliveries d SET attempts = d.attempts + 1,
     next_attempt_at = $1::timestamptz + least(21600, 15 * 4 ^ d.attempts) * interval '1 second'
   FROM clients c
   WHERE c.id = d.client_id AND d.id IN (
     SELECT id FROM logout_deliveries WHERE next_attempt_at <= $1 AND expires_at > $1
     ORDER BY next_attempt_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
   RETURNING d.id, coalesce(c.backchannel_logout_uri, '') AS uri, c.client_id,
     c.id_token_signed_response_alg AS algorithm, d.user_id, d.session_id, d.attempts`,
);

const finish = statement<never>('finish-logout-delivery', 'DELETE FROM logout_deliveries WHERE id = $1');

export const claimLogoutDeliveries = (sql: Sql, now: Date): Promise<LogoutDelivery[]> => sql(claim, [now]);

export async function finishLogoutDelivery(sql: Sql, id: string): Promise<void> {
  await sql(finish, [id]);
}
