import { hashPassword } from '../crypto/passwords.ts';
import { recordInTransaction } from '../store/audit/record-in-transaction.ts';
import type { Em } from '../store/connection/orm.ts';
import type { User } from '../store/entities/user.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { Actor } from './actor.ts';
import { isSelf, requirePermission, requireRank } from './authorize.ts';
import { lockUser } from './lock.ts';
import { validatePassword } from './password-rules.ts';
import { revokeAllAccess } from './revoke-all-access.ts';
import { verifyCurrentPassword, wrongPassword } from './verify-current-password.ts';

export interface NewPassword {
  readonly password: string;
  /** Needed for one's own account, whatever else one may do: a stolen token must not become a stolen account. */
  readonly currentPassword?: string | null | undefined;
}

/** Sets a password, and ends every authorization of that user and every session but the one it was done in. */
export async function setPassword(
  em: Em,
  limits: RateLimits,
  actor: Actor,
  id: string,
  input: NewPassword,
): Promise<User> {
  const own = isSelf(actor, id);
  if (!own) requirePermission(actor, 'MANAGE_USERS');
  const password = validatePassword(input.password);
  const proven = own ? await verifyCurrentPassword(em, limits, id, input.currentPassword) : undefined;
  const passwordHash = await hashPassword(password);

  return em.transactional(async (tx) => {
    const { row: user, held } = await lockUser(tx, id);
    requireRank(actor, held);
    // Between the proof and this lock the password may have been changed by somebody else.
    if (own && user.passwordHash !== proven) throw wrongPassword();
    user.passwordHash = passwordHash;
    user.seeded = false;
    // Who changes their own password stays signed in where they did it.
    await revokeAllAccess(tx, id, actor.now, own ? actor.sessionId : undefined);
    recordInTransaction(tx, {
      kind: 'user.password_set',
      at: actor.now,
      actorId: actor.caller.userId,
      clientId: actor.caller.clientId,
      origin: actor.origin,
      detail: { user: prefixedId('usr', id), username: user.username },
    });
    return user;
  });
}
