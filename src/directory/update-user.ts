import { recordInTransaction } from '../store/audit/record-in-transaction.ts';
import type { Em } from '../store/connection/orm.ts';
import type { User } from '../store/entities/user.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import type { Actor } from './actor.ts';
import { validateAttributes } from './attributes.ts';
import { isSelf, requireRank } from './authorize.ts';
import { forbidden } from './error.ts';
import { lockSuperusers, lockUser, rejectLastSuperuser } from './lock.ts';
import { emailKey, parseEmail, parsePersonalName, parseUsername, usernameKey } from './names.ts';
import { type Holdings, holds } from './permissions.ts';
import { mapUniqueViolation } from './register-user.ts';
import { revokeAllAccess } from './revoke-all-access.ts';
import { wrongPassword } from './verify-current-password.ts';

/** Fields that are undefined or null stay unchanged, except that null removes `email`. */
export interface UserChanges {
  readonly username?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly emailVerified?: boolean | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly attributes?: Record<string, unknown> | null | undefined;
  readonly disabled?: boolean | null | undefined;
  readonly superuser?: boolean | null | undefined;
}

/** The fields that users may change of their own account. */
const OWN_PROFILE: readonly string[] = ['firstName', 'lastName', 'email'];

/**
 * Changes a user. Without MANAGE_USERS the actor can only change their own profile. If `verifiedHash` is given, the change is
 * rejected unless it is still the user's password hash; without it the actor cannot change their own email address.
 */
export async function updateUser(
  em: Em,
  actor: Actor,
  id: string,
  changes: UserChanges,
  verifiedHash?: string | null,
): Promise<User> {
  const changed = Object.entries(changes).filter(([field, value]) =>
    field === 'email' ? value !== undefined : value != null,
  );
  const manages = holds(actor.caller, 'MANAGE_USERS');
  if (!manages && !(isSelf(actor, id) && changed.every(([field]) => OWN_PROFILE.includes(field)))) throw forbidden();
  if (isSelf(actor, id) && changes.email !== undefined && verifiedHash === undefined) throw wrongPassword();

  return mapUniqueViolation(() =>
    em.transactional(async (tx) => {
      const superusers =
        changes.disabled === true || changes.superuser === false ? await lockSuperusers(tx) : undefined;
      const { row: user, held } = await lockUser(tx, id);
      const after: Holdings = { ...held, superuser: changes.superuser ?? held.superuser };
      requireRank(actor, held, after);
      if (verifiedHash !== undefined && user.passwordHash !== verifiedHash) throw wrongPassword();
      if (superusers) rejectLastSuperuser(superusers, id);

      apply(user, changes, manages);
      if (changes.disabled === true) await revokeAllAccess(tx, id, actor.now);
      recordInTransaction(tx, {
        kind: 'user.updated',
        at: actor.now,
        actorId: actor.caller.userId,
        clientId: actor.caller.clientId,
        origin: actor.origin,
        detail: { user: prefixedId('usr', id), username: user.username, changed: changed.map(([field]) => field) },
      });
      return user;
    }),
  );
}

/** An address that users set for themselves is only claimed: it gets no key before an administrator assigns or verifies it. */
function apply(user: User, changes: UserChanges, manages: boolean): void {
  if (changes.username != null) {
    user.username = parseUsername(changes.username);
    user.usernameKey = usernameKey(user.username);
  }
  if (changes.email !== undefined) {
    const email = changes.email === null ? null : parseEmail(changes.email);
    // The new address has not been verified.
    if (email !== user.email) user.emailVerified = false;
    if (manages || email !== user.email) user.emailKey = email === null || !manages ? null : emailKey(email);
    user.email = email;
  }
  if (changes.emailVerified != null) user.emailVerified = changes.emailVerified && user.email !== null;
  if (user.emailVerified && user.email != null) user.emailKey = emailKey(user.email);
  if (changes.firstName != null) user.firstName = parsePersonalName(changes.firstName, 'firstName');
  if (changes.lastName != null) user.lastName = parsePersonalName(changes.lastName, 'lastName');
  if (changes.attributes != null) user.attributes = validateAttributes(changes.attributes);
  if (changes.disabled != null) user.disabled = changes.disabled;
  if (changes.superuser != null) user.superuser = changes.superuser;
}
