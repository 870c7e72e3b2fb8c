import type { Em } from '../store/connection/orm.ts';
import { Authorization } from '../store/entities/authorization.ts';
import { Session } from '../store/entities/session.ts';
import { queueUserLogouts } from '../store/logout-deliveries.ts';

/** Signs a person out everywhere: every browser session, save one that is spared, and every token of every client. */
export async function revokeAllAccess(tx: Em, userId: string, now: Date, spared?: string): Promise<void> {
  await queueUserLogouts(tx, userId, now, spared);
  await tx.nativeDelete(Session, { user: userId, ...(spared !== undefined && { id: { $ne: spared } }) });
  await tx.nativeUpdate(Authorization, { user: userId, revokedAt: null }, { revokedAt: now });
}
