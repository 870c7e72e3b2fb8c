import { hashPassword } from '../crypto/passwords.ts';
import { recordInTransaction } from '../store/audit/record-in-transaction.ts';
import type { Em } from '../store/connection/orm.ts';
import { violatedUniqueConstraint } from '../store/connection/sql-errors.ts';
import { User } from '../store/entities/user.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import type { Actor } from './actor.ts';
import { validateAttributes } from './attributes.ts';
import { requirePermission, requireRank } from './authorize.ts';
import { DomainError } from './error.ts';
import { emailKey, parseEmail, parsePersonalName, parseUsername, usernameKey } from './names.ts';
import { type PasswordOwner, refuseGuessablePassword, validatePassword } from './password-rules.ts';
import { holdings } from './permissions.ts';

/** The fields of a new user. `seeded` marks demo data with a well-known password. */
export interface NewUser {
  readonly username: string;
  readonly email?: string | null | undefined;
  readonly password?: string | null | undefined;
  readonly firstName?: string | null | undefined;
  readonly lastName?: string | null | undefined;
  readonly attributes?: Record<string, unknown> | null | undefined;
  readonly emailVerified?: boolean | null | undefined;
  readonly superuser?: boolean | null | undefined;
  readonly seeded?: boolean | undefined;
}

/** Creates a user who is in no group. */
export async function registerUser(em: Em, actor: Actor, input: NewUser): Promise<User> {
  const superuser = input.superuser ?? false;
  requirePermission(actor, 'MANAGE_USERS');
  requireRank(actor, holdings(superuser, []));

  const username = parseUsername(input.username);
  const email = input.email == null ? null : parseEmail(input.email);
  const fields = {
    username,
    usernameKey: usernameKey(username),
    email,
    emailKey: email === null ? null : emailKey(email),
    emailVerified: email !== null && (input.emailVerified ?? false),
    firstName: parsePersonalName(input.firstName ?? '', 'firstName'),
    lastName: parsePersonalName(input.lastName ?? '', 'lastName'),
    attributes: validateAttributes(input.attributes ?? {}),
    superuser,
    seeded: input.seeded ?? false,
    createdAt: actor.now,
  };
  const passwordHash = input.password == null ? null : await hashPassword(await readPassword(input.password, fields));

  return mapUniqueViolation(() =>
    em.transactional(async (tx) => {
      const user = tx.create(User, { ...fields, passwordHash });
      tx.persist(user);
      await tx.flush();
      recordInTransaction(tx, {
        kind: 'user.created',
        at: actor.now,
        actorId: actor.caller.userId,
        clientId: actor.caller.clientId,
        origin: actor.origin,
        detail: { user: prefixedId('usr', user.id), username, superuser },
      });
      return user;
    }),
  );
}

/** Demo data keeps its well-known passwords, which the doctor reports. */
async function readPassword(text: string, user: PasswordOwner & { readonly seeded: boolean }): Promise<string> {
  const password = validatePassword(text);
  if (!user.seeded) await refuseGuessablePassword(password, user);
  return password;
}

/** Turns a unique violation into TAKEN. The constraint decides, so that two concurrent requests cannot both succeed. */
export async function mapUniqueViolation<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const constraint = violatedUniqueConstraint(error);
    if (constraint === 'users_username_key_unique')
      throw new DomainError('TAKEN', 'This username is already taken', ['username']);
    if (constraint === 'users_email_key_unique')
      throw new DomainError('TAKEN', 'This email address is already taken', ['email']);
    throw error;
  }
}
