import { hashPassword } from '../crypto/passwords.ts';
import { recordInTransaction } from '../store/audit/record-in-transaction.ts';
import type { Em } from '../store/connection/orm.ts';
import { User } from '../store/entities/user.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { Actor } from './actor.ts';
import { isSelf, requirePermission, requireRank } from './authorize.ts';
import { lockUser } from './lock.ts';
import { refuseGuessablePassword, validatePassword } from './password-rules.ts';
import { revokeAllAccess } from './revoke-all-access.ts';
import { verifyCurrentPassword, wrongPassword } from './verify-current-password.ts';

export interface NewPassword {
  readonly password: string;
  /** Required to change your own password, so that a stolen token cannot take over the account. */
  readonly currentPassword?: string | null | undefined;
}

/** Sets a password, revokes all authorizations of the user and ends all their sessions except the current one. */
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
  const verifiedHash = own ? await verifyCurrentPassword(em, limits, actor, id, input.currentPassword) : undefined;
  const owner = await em.findOne(User, { id });
  if (owner) await refuseGuessablePassword(password, { username: owner.username, email: owner.email });
  const passwordHash = await hashPassword(password);

  return em.transactional(async (tx) => {
    const { row: user, held } = await lockUser(tx, id);
    requireRank(actor, held);
    // The password may have changed between the verification and this lock.
    if (own && user.passwordHash !== verifiedHash) throw wrongPassword();
    user.passwordHash = passwordHash;
    user.seeded = false;
    // Users who change their own password stay signed in in this browser.
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
