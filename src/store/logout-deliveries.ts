import type { Em } from './connection/orm.ts';
import { type Sql, statement } from './connection/sql.ts';

/** Milliseconds for which deliveries to an unreachable client are retried. */
const RETRY_PERIOD = 86_400_000;

/** A logout token that is still to be delivered to a client, for one ended session. Ids are row UUIDs. */
export interface LogoutDelivery {
  readonly id: string;
  readonly uri: string;
  readonly client_id: string;
  readonly client_row_id: string;
  readonly algorithm: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly attempts: number;
}

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.5: every client that received an ID token in the session is notified of its end.
 * Run this in the transaction that ends the session, before the session row is deleted.
 */
const insertDeliveries = (sessions: string): string => `
  INSERT INTO logout_deliveries (id, client_id, user_id, session_id, next_attempt_at, created_at, expires_at)
  SELECT gen_random_uuid(), recipients.client_id, recipients.user_id, recipients.session_id, ?, ?, ? FROM (
    SELECT DISTINCT a.client_id, a.user_id, a.session_id
    FROM sessions s JOIN authorizations a ON a.session_id = s.id JOIN clients c ON c.id = a.client_id
    WHERE ${sessions} AND 'openid' = ANY (a.scopes) AND c.backchannel_logout_uri IS NOT NULL AND NOT c.disabled
  ) AS recipients`;

const times = (now: Date): Date[] => [now, now, new Date(now.getTime() + RETRY_PERIOD)];

/** Queues the notifications for one session that is about to end. */
export async function queueSessionLogout(tx: Em, sessionId: string, now: Date): Promise<void> {
  await tx.execute(insertDeliveries('s.id = ?'), [...times(now), sessionId]);
}

/** Queues the notifications for all sessions of a user that are about to end, except `keptSession`. */
export async function queueUserLogouts(
  tx: Em,
  userId: string,
  now: Date,
  keptSession: string | undefined,
): Promise<void> {
  const sessions = keptSession === undefined ? 's.user_id = ?' : 's.user_id = ? AND s.id <> ?';
  const kept = keptSession === undefined ? [] : [keptSession];
  await tx.execute(insertDeliveries(sessions), [...times(now), userId, ...kept]);
}

/**
 * Claims deliveries that are due, at most `$2` of them, and at most `$3` of a client, less those that it has in `$4`. The clients
 * with deliveries are found one by one by the index, however many deliveries an unreachable client has. Those with the fewest in
 * progress come first, because the oldest deliveries may all belong to a few slow clients. No other node claims them before their
 * next attempt: after 15 s, then four times as long each time, at most 6 h.
 */
const claim = statement<LogoutDelivery>(
  'claim-logout-deliveries',
  `WITH RECURSIVE recipients (client_id) AS (
     (SELECT client_id FROM logout_deliveries ORDER BY client_id LIMIT 1)
     UNION ALL
     SELECT (SELECT l.client_id FROM logout_deliveries l WHERE l.client_id > r.client_id ORDER BY l.client_id LIMIT 1)
     FROM recipients r WHERE r.client_id IS NOT NULL
   ), due AS (
     SELECT l.id, l.next_attempt_at, s.sending FROM recipients r CROSS JOIN LATERAL (
       SELECT count(*) AS sending FROM unnest($4::uuid[]) AS busy WHERE busy = r.client_id) s CROSS JOIN LATERAL (
       SELECT id, next_attempt_at FROM logout_deliveries
       WHERE client_id = r.client_id AND next_attempt_at <= $1 AND expires_at > $1 ORDER BY next_attempt_at
       LIMIT greatest(0, $3 - s.sending)) l
   )
   UPDATE logout_deliveries d SET attempts = d.attempts + 1,
     next_attempt_at = $1::timestamptz + least(21600, 15 * 4 ^ d.attempts) * interval '1 second'
   FROM clients c
   WHERE c.id = d.client_id AND d.id IN (
     SELECT id FROM logout_deliveries
     WHERE next_attempt_at <= $1 AND id IN (SELECT id FROM due ORDER BY sending, next_attempt_at LIMIT $2)
     FOR UPDATE SKIP LOCKED)
   RETURNING d.id, d.client_id AS client_row_id, coalesce(c.backchannel_logout_uri, '') AS uri, c.client_id,
     c.id_token_signed_response_alg AS algorithm, d.user_id, d.session_id, d.attempts`,
);

const finish = statement<never>('finish-logout-delivery', 'DELETE FROM logout_deliveries WHERE id = $1');

/** `busy` names a client once for each of its deliveries in progress. */
export const claimLogoutDeliveries = (
  sql: Sql,
  now: Date,
  limits: { readonly total: number; readonly perClient: number },
  busy: readonly string[],
): Promise<LogoutDelivery[]> => sql(claim, [now, limits.total, limits.perClient, busy]);

export async function finishLogoutDelivery(sql: Sql, id: string): Promise<void> {
  await sql(finish, [id]);
}
