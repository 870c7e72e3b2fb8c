import { type Sql, statement } from './connection/sql.ts';

/** A signed-in browser. `auth_time` is when the user last entered their password. */
export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly username: string;
  readonly auth_time: Date;
}

/** A session to open. The user recognises it later by its IP address and browser. */
export interface NewSession {
  readonly id: string;
  readonly digest: Buffer;
  readonly now: Date;
  readonly expiresAt: Date;
  readonly ip: string | undefined;
  readonly browser: string | undefined;
  /** The cookie by which the browser is known from now on, and until when. */
  readonly known: { readonly digest: Buffer; readonly expiresAt: Date };
}

/** A session as the account page lists it. */
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
  'replace-session-cookie',
  `WITH moved AS (UPDATE authorization_requests SET browser = $2 WHERE browser = $1)
   UPDATE sessions SET digest = $2 WHERE digest = $1`,
);

/** Browsers that are remembered for an account. Programs that sign in without cookies must not fill the table. */
const MAX_KNOWN_BROWSERS = 50;

const insertSession = statement<{ id: string }>(
  'open-session',
  `WITH verified AS MATERIALIZED (
     SELECT u.id FROM users u WHERE u.id = $5 AND u.password_hash = $7 AND NOT u.disabled FOR SHARE OF u
   ), renewed AS (
     UPDATE sessions s SET digest = $2, auth_time = $3, expires_at = $4, ip = $9, browser = $10 FROM verified
     WHERE s.digest = $6 AND s.user_id = verified.id AND s.expires_at > $3
     RETURNING s.id
   ), opened AS (
     INSERT INTO sessions (id, digest, user_id, created_at, expires_at, ip, browser)
     SELECT $1::uuid, $2::bytea, id, $3::timestamptz, $4::timestamptz, $9::text, $10::text FROM verified
     WHERE NOT EXISTS (SELECT FROM renewed)
     RETURNING id
   ), closed AS (
     DELETE FROM sessions WHERE digest = $6 AND EXISTS (SELECT FROM opened)
   ), moved AS (
     UPDATE authorization_requests SET browser = $2
     WHERE EXISTS (SELECT FROM verified) AND (browser = $6
       OR digest = $8 AND browser IN (SELECT s.digest FROM sessions s WHERE s.user_id = $5))
   ), known AS (
     INSERT INTO known_browsers (digest, user_id, expires_at)
     SELECT $11::bytea, id, $12::timestamptz FROM verified
     ON CONFLICT (digest, user_id) DO UPDATE SET expires_at = excluded.expires_at
   ), forgotten AS (
     DELETE FROM known_browsers k USING (
       SELECT b.digest FROM known_browsers b WHERE b.user_id = $5 AND b.digest <> $11
       ORDER BY b.expires_at DESC OFFSET ${MAX_KNOWN_BROWSERS - 1}
     ) AS oldest
     WHERE k.user_id = $5 AND k.digest = oldest.digest AND EXISTS (SELECT FROM verified)
   )
   SELECT id FROM renewed UNION ALL SELECT id FROM opened`,
);

/** Finds the active session with that cookie digest. Sessions of disabled users are not found. */
export async function findSession(sql: Sql, digest: Buffer, now: Date): Promise<SessionRow | undefined> {
  return (await sql(selectSession, [digest, now]))[0];
}

/**
 * Opens a session under a new cookie and moves the pending requests of the old cookie to it. The old session is deleted. If it
 * belongs to the same user it is kept under the new cookie instead, because its authorizations refer to it (OpenID Connect
 * `sid`). In both cases the old cookie stops working (session fixation). `pendingHandle` is the digest of the pending request:
 * if the form is submitted twice, the request already belongs to the first new cookie of the same user. Returns false if the
 * user was disabled or got a new password in the meantime.
 */
export async function openSession(
  sql: Sql,
  session: NewSession,
  user: { id: string; passwordHash: string },
  oldCookie: Buffer,
  pendingHandle: Buffer | undefined,
): Promise<boolean> {
  const { id, digest, now, expiresAt, ip, browser, known } = session;
  const values = [id, digest, now, expiresAt, user.id, oldCookie, user.passwordHash, pendingHandle ?? null];
  values.push(ip ?? null, browser ?? null, known.digest, known.expiresAt);
  return (await sql(insertSession, values)).length === 1;
}

/** The active sessions of a user, newest first. */
export const listSessions = (sql: Sql, userId: string, now: Date): Promise<SessionListItem[]> =>
  sql(selectSessions, [userId, now]);

/** Moves the session and the pending requests of a cookie to a new cookie. */
export async function replaceCookie(sql: Sql, oldCookie: Buffer, newCookie: Buffer): Promise<void> {
  await sql(moveToCookie, [oldCookie, newCookie]);
}
