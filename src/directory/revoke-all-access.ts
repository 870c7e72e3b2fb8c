import type { Em } from '../store/connection/orm.ts';
import { Authorization } from '../store/entities/authorization.ts';
import { Consent } from '../store/entities/consent.ts';
import { KnownBrowser } from '../store/entities/known-browser.ts';
import { Session } from '../store/entities/session.ts';
import { queueUserLogouts } from '../store/logout-deliveries.ts';

/**
 * Ends all sessions of a user except `keptSession`, forgets their browsers, and revokes their tokens of all clients. Every
 * client needs a new consent, because an attacker may have given the existing ones.
 */
export async function revokeAllAccess(tx: Em, userId: string, now: Date, keptSession?: string): Promise<void> {
  await queueUserLogouts(tx, userId, now, keptSession);
  await tx.nativeDelete(Session, { user: userId, ...(keptSession !== undefined && { id: { $ne: keptSession } }) });
  await tx.nativeDelete(KnownBrowser, { user: userId });
  await tx.nativeUpdate(Authorization, { user: userId, revokedAt: null }, { revokedAt: now });
  await tx.nativeUpdate(Consent, { user: userId, confirmed: true }, { confirmed: false });
}
