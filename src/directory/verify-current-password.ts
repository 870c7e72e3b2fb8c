import { verifyPassword } from '../crypto/passwords.ts';
import type { Em } from '../store/connection/orm.ts';
import { User } from '../store/entities/user.ts';
import type { RateLimits } from '../store/rate-limits.ts';
import { DomainError } from './error.ts';

export const wrongPassword = (): DomainError =>
  new DomainError('INVALID', 'This is not your current password', ['currentPassword']);

/** The hash that the current password was checked against: what is built on the proof is void once that changes. */
export async function verifyCurrentPassword(
  em: Em,
  limits: RateLimits,
  id: string,
  currentPassword: string | null | undefined,
): Promise<string | null> {
  const user = await em.findOne(User, { id }, { refresh: true });
  const stored = user?.passwordHash ?? null;
  const given = currentPassword ?? '';
  // Who holds a stolen token must not find the password out by it.
  const guess = async () => (await verifyPassword(stored, given.length <= 4096 ? given : '')) || undefined;
  if (!(await limits.guess({ account: [id, 'current password'] }, guess))) throw wrongPassword();
  return stored;
}
