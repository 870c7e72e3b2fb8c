import type { Em } from '../store/connection/orm.ts';
import type { User } from '../store/entities/user.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { Actor } from './actor.ts';
import { updateUser } from './update-user.ts';
import { verifyCurrentPassword } from './verify-current-password.ts';

export interface OwnEmail {
  readonly email: string | null;
  readonly currentPassword: string | undefined;
}

/** Changes the actor's own email address. A session alone is not enough, because mail to that address is trusted. */
export async function updateOwnEmail(
  em: Em,
  limits: RateLimits,
  actor: Actor,
  id: string,
  { email, currentPassword }: OwnEmail,
): Promise<User> {
  const verifiedHash = await verifyCurrentPassword(em, limits, id, currentPassword);
  return updateUser(em, actor, id, { email }, verifiedHash);
}
