import type { DatabaseWithEm } from './database-with-em.ts';

/** Queries for rows that must not exist after any race or crash. */
const AUDIT_QUERIES: Readonly<Record<string, string>> = {
  'a code with more than one grant': `
    SELECT c.authorization_id FROM authorization_codes c
    WHERE 1 < (SELECT count(*) FROM refresh_tokens r WHERE r.authorization_id = c.authorization_id AND r.parent_id IS NULL)
       OR 1 < (SELECT count(*) FROM authorization_codes o WHERE o.authorization_id = c.authorization_id)
       OR (SELECT count(*) FROM access_tokens t WHERE t.authorization_id = c.authorization_id)
          > 1 + (SELECT count(*) FROM refresh_tokens r WHERE r.authorization_id = c.authorization_id AND r.used_at IS NOT NULL)`,
  'a code without a use but with tokens': `
    SELECT c.authorization_id FROM authorization_codes c JOIN access_tokens t ON t.authorization_id = c.authorization_id
    WHERE c.used_at IS NULL`,
  'a used code without tokens': `
    SELECT c.authorization_id FROM authorization_codes c
    WHERE c.used_at IS NOT NULL AND NOT EXISTS (SELECT FROM access_tokens t WHERE t.authorization_id = c.authorization_id)`,
  'a family with more than one unused, unrevoked, unexpired refresh token': `
    SELECT a.id FROM authorizations a JOIN refresh_tokens r ON r.authorization_id = a.id
    WHERE a.revoked_at IS NULL AND r.used_at IS NULL AND r.expires_at > now() GROUP BY a.id HAVING count(*) > 1`,
  'a refresh token with more than one successor, or used without one': `
    SELECT r.authorization_id FROM refresh_tokens r LEFT JOIN refresh_tokens n ON n.parent_id = r.id
    GROUP BY r.id HAVING count(n.id) <> (r.used_at IS NOT NULL)::int`,
  // A revocation is one UPDATE of the authorization, which every look-up of a token joins, so only a token that is issued later
  // could stay valid. The 30 seconds are the maximum duration of a request that was running at that moment.
  'an access token whose grant is missing, or that was issued after its grant was revoked': `
    SELECT t.authorization_id FROM access_tokens t LEFT JOIN authorizations a ON a.id = t.authorization_id
    WHERE a.id IS NULL OR t.created_at > a.revoked_at + interval '30 seconds'`,
  'an authorization that is active after a recorded replay': `
    SELECT a.id FROM authorizations a JOIN audit_events e ON e.detail->>'authorization' = a.id::text
    WHERE e.kind IN ('code.replayed', 'refresh_token.replayed') AND a.revoked_at IS NULL`,
  'a session of a disabled user': `
    SELECT s.id, a.id AS authorization_id FROM sessions s JOIN users u ON u.id = s.user_id
    LEFT JOIN authorizations a ON a.session_id = s.id WHERE u.disabled`,
};

/** Runs all queries, and returns a description of each finding. */
export async function audit(database: DatabaseWithEm): Promise<string[]> {
  const found: string[] = [];
  for (const [finding, query] of Object.entries(AUDIT_QUERIES)) {
    const rows = await database.em().execute<object[]>(query);
    if (rows.length > 0) found.push(`${finding}: ${JSON.stringify(rows.slice(0, 10))}`);
  }
  return found;
}
