import { type Sql, statement } from './connection/sql.ts';

const find = statement<{ one: number }>(
  'find-known-browser',
  'SELECT 1 AS one FROM known_browsers WHERE digest = $1 AND user_id = $2 AND expires_at > $3',
);

/** True if the user has signed in in this browser before, and has not changed the password since. */
export const isKnownBrowser = async (
  sql: Sql,
  digest: Buffer,
  userId: string | undefined,
  now: Date,
): Promise<boolean> =>
  // For an unknown account it does the same work.
  (await sql(find, [digest, userId ?? null, now])).length > 0;
