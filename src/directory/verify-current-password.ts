import { verifyPassword } from '../crypto/passwords.ts';
import type { Em } from '../store/connection/orm.ts';
import { User } from '../store/entities/user.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import type { Actor } from './actor.ts';
import { DomainError } from './error.ts';

export const wrongPassword = (): DomainError =>
  new DomainError('INVALID', 'This is not your current password', ['currentPassword']);

/** Verifies the current password of a user. Returns the hash it was verified against; if that changes, verify again. */
export async function verifyCurrentPassword(
  em: Em,
  limits: RateLimits,
  { sessionId, authorizationId }: Actor,
  id: string,
  currentPassword: string | null | undefined,
): Promise<string | null> {
  const user = await em.findOne(User, { id }, { refresh: true });
  const stored = user?.passwordHash ?? null;
  const given = currentPassword ?? '';
  const attempt = async () => (await verifyPassword(stored, given.length <= 4096 ? given : '')) || undefined;
  // Attempts are limited, so that the holder of a stolen token cannot guess the password; and for each token or session
  // separately, so that the thief's failures do not keep the owner from changing it.
  const counts = {
    account: [id, 'current password', authorizationId ?? sessionId ?? ''],
    currentPassword: [id],
  };
  if (!(await limits.guess({ counts, place: { lane: 'known', shares: [id] } }, attempt))) throw wrongPassword();
  return stored;
}
