import { type Sql, statement } from '../../store/connection/sql.ts';

/** An app that has the user's consent or an active authorization. */
export interface AppWithAccess {
  readonly clientId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly since: Date;
  readonly lastUsedAt: Date;
}

/** A consent alone counts as well, because it lets the app get new tokens. `lastUsedAt` is when the app last got a token. */
const selectApps = statement<AppWithAccess>(
  'list-apps-with-access',
  `WITH held AS MATERIALIZED (
     SELECT client_id, scopes, created_at AS since, updated_at AS used FROM consents WHERE user_id = $1
     UNION ALL
     SELECT a.client_id, a.scopes, a.created_at, greatest(a.created_at,
              (SELECT max(t.created_at) FROM access_tokens t WHERE t.authorization_id = a.id),
              (SELECT max(r.created_at) FROM refresh_tokens r WHERE r.authorization_id = a.id))
     FROM authorizations a JOIN clients c ON c.id = a.client_id
     WHERE a.user_id = $1 AND a.revoked_at IS NULL AND a.expires_at > $2 AND (c.tokens_since IS NULL OR a.created_at > c.tokens_since)
   )
   SELECT c.client_id AS "clientId", c.name, min(h.since) AS since, max(h.used) AS "lastUsedAt",
          ARRAY(SELECT DISTINCT s.scope FROM held o CROSS JOIN LATERAL unnest(o.scopes) AS s (scope)
                WHERE o.client_id = c.id ORDER BY s.scope) AS scopes
   FROM held h JOIN clients c ON c.id = h.client_id
   GROUP BY c.id ORDER BY max(h.used) DESC, c.id LIMIT 100`,
);

/** The apps of one user, the most recently used first. */
export const listAppsWithAccess = (sql: Sql, userId: string, now: Date): Promise<AppWithAccess[]> =>
  sql(selectApps, [userId, now]);
