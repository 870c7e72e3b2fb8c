import type { Origin } from './audit/record.ts';
import { recordInTransaction } from './audit/record-in-transaction.ts';
import type { Em } from './connection/orm.ts';
import { queueSessionLogout } from './logout-deliveries.ts';

/** Identifies a session by the digest of its cookie, or by its id and user. */
export type SessionRef = { readonly digest: Buffer } | { readonly id: string; readonly userId: string };

interface EndedSession {
  readonly id: string;
  readonly userId: string;
}

const LOCK = 'SELECT id, user_id AS "userId" FROM sessions WHERE';

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.7: an OpenID Connect authorization ends with its session unless `offline_access`
 * was granted. Authorizations without OpenID Connect keep their own lifetime.
 */
const END_AUTHORIZATIONS = `
  UPDATE authorizations SET revoked_at = ?
  WHERE session_id = ? AND revoked_at IS NULL AND 'openid' = ANY (scopes) AND NOT 'offline_access' = ANY (scopes)`;

/**
 * Ends one session. Returns undefined if it has already ended. The session is locked first, so that the following statements
 * see every authorization that was created in it.
 */
export async function endSession(
  em: Em,
  session: SessionRef,
  now: Date,
  origin: Origin,
): Promise<EndedSession | undefined> {
  return em.transactional(async (tx) => {
    const [ended] =
      'digest' in session
        ? await tx.execute<EndedSession[]>(`${LOCK} digest = ? FOR UPDATE`, [session.digest])
        : await tx.execute<EndedSession[]>(`${LOCK} id = ? AND user_id = ? FOR UPDATE`, [session.id, session.userId]);
    if (!ended) return undefined;
    await queueSessionLogout(tx, ended.id, now);
    await tx.execute(END_AUTHORIZATIONS, [now, ended.id]);
    await tx.execute('DELETE FROM sessions WHERE id = ?', [ended.id]);
    recordInTransaction(tx, { kind: 'sign_out', at: now, actorId: ended.userId, origin });
    return ended;
  });
}
