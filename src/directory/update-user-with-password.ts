import type { Em } from '../store/connection/orm.ts';
import type { User } from '../store/entities/user.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { Actor } from './actor.ts';
import { isSelf } from './authorize.ts';
import { type UserChanges, updateUser } from './update-user.ts';
import { verifyCurrentPassword } from './verify-current-password.ts';

/**
 * Changes a user. The actor's own email address needs their current password: a session or a token alone is not enough, because
 * mail to that address is trusted.
 */
export async function updateUserWithPassword(
  em: Em,
  limits: RateLimits,
  actor: Actor,
  id: string,
  changes: UserChanges,
  currentPassword: string | null | undefined,
): Promise<User> {
  const needsPassword = isSelf(actor, id) && changes.email !== undefined;
  const verifiedHash = needsPassword ? await verifyCurrentPassword(em, limits, actor, id, currentPassword) : undefined;
  return updateUser(em, actor, id, changes, verifiedHash);
}
