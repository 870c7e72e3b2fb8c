import type { Origin } from './audit/record.ts';
import { recordInTransaction } from './audit/record-in-transaction.ts';
import type { Em } from './connection/orm.ts';
import { queueSessionLogout } from './logout-deliveries.ts';

/** Which session: the one behind a cookie's digest, or one of a person's by its id. */
export type SessionRef = { readonly digest: Buffer } | { readonly id: string; readonly userId: string };

interface Ended {
  readonly id: string;
  readonly userId: string;
}

const LOCK = 'SELECT id, user_id AS "userId" FROM sessions WHERE';

/**
 * OpenID Connect Back-Channel Logout 1.0 §2.7: what was granted to last while the person is signed in ends with the session;
 * what was granted `offline_access`, or without OpenID Connect, is for its own lifetime.
 */
const END_AUTHORIZATIONS = `
  UPDATE authorizations SET revoked_at = ?
  WHERE session_id = ? AND revoked_at IS NULL AND 'openid' = ANY (scopes) AND NOT 'offline_access' = ANY (scopes)`;

/** Ends one session; undefined if it had ended before. Locked first, so that an approval under way is seen by what follows. */
export async function endSession(em: Em, session: SessionRef, now: Date, origin: Origin): Promise<Ended | undefined> {
  return em.transactional(async (tx) => {
    const [found] =
      'digest' in session
        ? await tx.execute<Ended[]>(`${LOCK} digest = ? FOR UPDATE`, [session.digest])
        : await tx.execute<Ended[]>(`${LOCK} id = ? AND user_id = ? FOR UPDATE`, [session.id, session.userId]);
    if (!found) return undefined;
    await queueSessionLogout(tx, found.id, now);
    await tx.execute(END_AUTHORIZATIONS, [now, found.id]);
    await tx.execute('DELETE FROM sessions WHERE id = ?', [found.id]);
    recordInTransaction(tx, { kind: 'sign_out', at: now, actorId: found.userId, origin });
    return found;
  });
}
