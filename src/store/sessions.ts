import { type Sql, statement } from './connection/sql.ts';

/** A signed-in browser; `auth_time` is when the person last proved who they are. */
export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly username: string;
  readonly auth_time: Date;
}

/** A session to open, with what its person may recognise it by later. */
export interface NewSession {
  readonly id: string;
  readonly digest: Buffer;
  readonly now: Date;
  readonly expiresAt: Date;
  readonly ip: string | undefined;
  readonly browser: string | undefined;
}

/** A session as its person is shown it. */
export interface SessionListItem {
  readonly id: string;
  readonly signed_in_at: Date;
  readonly ip: string | null;
  readonly browser: string | null;
}

const selectSession = statement<SessionRow>(
  'find-session',
  `SELECT s.id, s.user_id, u.username, coalesce(s.auth_time, s.created_at) AS auth_time
   FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.digest = $1 AND s.expires_at > $2 AND NOT u.disabled`,
);

const selectSessions = statement<SessionListItem>(
  'list-sessions',
  `SELECT id, created_at AS signed_in_at, ip, browser FROM sessions
   WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id DESC LIMIT 100`,
);

const moveToCookie = statement<never>(
  'renew-cookie',
  `WITH moved AS (UPDATE authorization_requests SET browser = $2 WHERE browser = $1)
   UPDATE sessions SET digest = $2 WHERE digest = $1`,
);

const insertSession = statement<{ id: string }>(
  'open-session',
  `WITH proven AS MATERIALIZED (
     SELECT u.id FROM users u WHERE u.id = $5 AND u.password_hash = $7 AND NOT u.disabled FOR SHARE OF u
   ), renewed AS (
     UPDATE sessions s SET digest = $2, auth_time = $3, expires_at = $4, ip = $9, browser = $10 FROM proven
     WHERE s.digest = $6 AND s.user_id = proven.id AND s.expires_at > $3
     RETURNING s.id
   ), opened AS (
     INSERT INTO sessions (id, digest, user_id, created_at, expires_at, ip, browser)
     SELECT $1::uuid, $2::bytea, id, $3::timestamptz, $4::timestamptz, $9::text, $10::text FROM proven
     WHERE NOT EXISTS (SELECT FROM renewed)
     RETURNING id
   ), closed AS (
     DELETE FROM sessions WHERE digest = $6 AND EXISTS (SELECT FROM opened)
   ), moved AS (
     UPDATE authorization_requests SET browser = $2
     WHERE EXISTS (SELECT FROM proven) AND (browser = $6
       OR digest = $8 AND browser IN (SELECT s.digest FROM sessions s WHERE s.user_id = $5))
   )
   SELECT id FROM renewed UNION ALL SELECT id FROM opened`,
);

/** The live session of that cookie's digest, of a user who is not disabled. */
export async function findSession(sql: Sql, digest: Buffer, now: Date): Promise<SessionRow | undefined> {
  return (await sql(selectSession, [digest, now]))[0];
}

/**
 * Opens a session under a new cookie, ends the one under the old cookie and hands its pending requests over, at once; the old
 * one of the same person goes on instead, for what was approved in it hangs on it (OpenID Connect `sid`). Either way
 * a cookie known before signing in is worth nothing afterwards. `goingOn` is the request it leads to: when a form is sent
 * twice, it has already gone to that same person's first new cookie. False if the user was disabled or given another
 * password meanwhile.
 */
export async function openSession(
  sql: Sql,
  session: NewSession,
  user: { id: string; passwordHash: string },
  oldCookie: Buffer,
  goingOn: Buffer | undefined,
): Promise<boolean> {
  const { id, digest, now, expiresAt, ip, browser } = session;
  const values = [id, digest, now, expiresAt, user.id, oldCookie, user.passwordHash, goingOn ?? null];
  values.push(ip ?? null, browser ?? null);
  return (await sql(insertSession, values)).length === 1;
}

/** Where a person is signed in, the latest first. */
export const listSessions = (sql: Sql, userId: string, now: Date): Promise<SessionListItem[]> =>
  sql(selectSessions, [userId, now]);

/** What hangs on a cookie goes on under a new one: pending requests, and the session if it has not ended. */
export async function replaceCookie(sql: Sql, oldCookie: Buffer, newCookie: Buffer): Promise<void> {
  await sql(moveToCookie, [oldCookie, newCookie]);
}
