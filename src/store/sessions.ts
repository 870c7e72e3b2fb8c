import { type Sql, statement } from './sql.ts';

/** A signed-in browser; `signedInAt` is when the person proved who they are. */
export interface SessionRow {
  readonly id: string;
  readonly user_id: string;
  readonly username: string;
  readonly superuser: boolean;
  readonly signed_in_at: Date;
}

const selectSession = statement<SessionRow>(
  'find-session',
  `SELECT s.id, s.user_id, u.username, u.superuser, s.created_at AS signed_in_at
   FROM sessions s JOIN users u ON u.id = s.user_id
   WHERE s.digest = $1 AND s.expires_at > $2 AND NOT u.disabled`,
);

const insertSession = statement<{ id: string }>(
  'open-session',
  `WITH opened AS (
     INSERT INTO sessions (id, digest, user_id, created_at, expires_at)
     SELECT $1::uuid, $2::bytea, u.id, $3::timestamptz, $4::timestamptz FROM users u
     WHERE u.id = $5 AND u.password_hash = $7 AND NOT u.disabled FOR SHARE OF u
     RETURNING id
   ), closed AS (
     DELETE FROM sessions WHERE digest = $6 AND EXISTS (SELECT FROM opened)
   ), moved AS (
     UPDATE authorization_requests SET browser = $2
     WHERE EXISTS (SELECT FROM opened) AND (browser = $6
       OR digest = $8 AND browser IN (SELECT s.digest FROM sessions s WHERE s.user_id = $5))
   )
   SELECT id FROM opened`,
);

const deleteSession = statement<{ user_id: string }>(
  'close-session',
  `WITH moved AS (UPDATE authorization_requests SET browser = $2 WHERE browser = $1)
   DELETE FROM sessions WHERE digest = $1 RETURNING user_id`,
);

/** The live session of that cookie's digest, of a user who is not disabled. */
export async function findSession(sql: Sql, digest: Buffer, now: Date): Promise<SessionRow | undefined> {
  return (await sql(selectSession, [digest, now]))[0];
}

/**
 * Opens a session under a new cookie, ends the one under the old cookie and hands its pending requests over, at once:
 * a cookie known before signing in is worth nothing afterwards. `goingOn` is the request it leads to: when a form is sent
 * twice, it has already gone to that same person's first new cookie. False if the user was disabled or given another
 * password meanwhile.
 */
export async function openSession(
  sql: Sql,
  session: { id: string; digest: Buffer; now: Date; expiresAt: Date },
  user: { id: string; passwordHash: string },
  oldCookie: Buffer,
  goingOn: Buffer | undefined,
): Promise<boolean> {
  const { id, digest, now, expiresAt } = session;
  const values = [id, digest, now, expiresAt, user.id, oldCookie, user.passwordHash, goingOn ?? null];
  return (await sql(insertSession, values)).length === 1;
}

/** Ends the session of the old cookie; its pending requests go on under the new one. The user it was of, if there was one. */
export async function closeSession(sql: Sql, oldCookie: Buffer, newCookie: Buffer): Promise<string | undefined> {
  return (await sql(deleteSession, [oldCookie, newCookie]))[0]?.user_id;
}
