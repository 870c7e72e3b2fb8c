import { PASSWORD_MAX } from '../crypto/password-length.ts';
import { hashPassword, isOutdated, verifyPassword } from '../crypto/passwords.ts';
import { type AuditEntry, record } from '../store/audit/record.ts';
import { type Sql, statement } from '../store/connection/sql.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import { emailKey, usernameKey } from './names.ts';

/** An account as a sign-in finds it. */
export interface Account {
  readonly id: string;
  readonly disabled: boolean;
  readonly password_hash: string | null;
}

const columns = 'id, disabled, password_hash';
const byUsername = statement<Account>(
  'credentials-by-username',
  `SELECT ${columns} FROM users WHERE username_key = $1`,
);
const byEmail = statement<Account>('credentials-by-email', `SELECT ${columns} FROM users WHERE email_key = $1`);
const rehash = statement<never>(
  'credentials-rehash',
  'UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3',
);

/** A user whose password was verified against `passwordHash`. If the hash changes, the verification no longer counts. */
export interface VerifiedCredentials {
  readonly id: string;
  readonly passwordHash: string;
}

/**
 * Verifies the password of an account that was found by username or email. For an unknown name, a wrong password and a disabled account it takes the same
 * time and returns undefined, so that callers cannot find out which names exist.
 */
export async function checkCredentials(
  sql: Sql,
  account: Account | undefined,
  password: string,
): Promise<VerifiedCredentials | undefined> {
  // No account can have this password, so it is not hashed.
  if ([...password].length > PASSWORD_MAX) return undefined;
  const stored = account?.password_hash ?? null;
  const matches = await verifyPassword(stored, password);
  if (!account || !matches || account.disabled || stored === null) return undefined;

  if (!isOutdated(stored)) return { id: account.id, passwordHash: stored };
  const passwordHash = await hashPassword(password);
  await sql(rehash, [account.id, passwordHash, stored]);
  return { id: account.id, passwordHash };
}

/** An identifier with `@` is always an email address. Usernames cannot contain `@`, so none can shadow an address. */
export async function findAccount(sql: Sql, identifier: string): Promise<Account | undefined> {
  if (identifier.length > 1000 || identifier.includes('\0') || !identifier.isWellFormed()) return undefined;
  const key = usernameKey(identifier);
  const [row] = key.includes('@') ? await sql(byEmail, [emailKey(identifier)]) : await sql(byUsername, [key]);
  return row;
}

/** What failed attempts are counted by: the account, whichever of its names was entered, or else the unknown name. */
export const attemptKey = (identifier: string, account: Account | undefined): readonly string[] =>
  account ? ['id', account.id] : ['name', usernameKey(identifier)];

/** Records a failed sign-in for the account, or without a user if no account has this name. */
export async function recordFailedSignIn(
  sql: Sql,
  account: Account | undefined,
  attempt: Pick<AuditEntry, 'at' | 'clientId' | 'origin'>,
): Promise<void> {
  // The name itself is not recorded, because users sometimes type their password there.
  const detail = account ? { user: prefixedId('usr', account.id) } : {};
  await record(sql, { ...attempt, kind: 'sign_in.failed', detail });
}
