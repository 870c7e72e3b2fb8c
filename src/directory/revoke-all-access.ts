import type { Em } from '../store/connection/orm.ts';
import { Authorization } from '../store/entities/authorization.ts';
import { Session } from '../store/entities/session.ts';
import { queueUserLogouts } from '../store/logout-deliveries.ts';

/** Ends all sessions of a user except `keptSession`, and revokes their tokens of all clients. */
export async function revokeAllAccess(tx: Em, userId: string, now: Date, keptSession?: string): Promise<void> {
  await queueUserLogouts(tx, userId, now, keptSession);
  await tx.nativeDelete(Session, { user: userId, ...(keptSession !== undefined && { id: { $ne: keptSession } }) });
  await tx.nativeUpdate(Authorization, { user: userId, revokedAt: null }, { revokedAt: now });
}
