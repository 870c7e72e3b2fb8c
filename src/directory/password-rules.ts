import { PASSWORD_MAX, PASSWORD_MIN } from '../crypto/password-length.ts';
import { isCommonPassword } from './common-passwords.ts';
import { DomainError } from './error.ts';

/** NIST SP 800-63B §3.1.1.2: the length is restricted, counted in Unicode characters, but not the kinds of characters. */
export function validatePassword(password: string, path: readonly string[] = ['password']): string {
  const length = [...password].length;
  if (length < PASSWORD_MIN)
    throw new DomainError('INVALID', `A password needs at least ${PASSWORD_MIN} characters`, path);
  if (length > PASSWORD_MAX)
    throw new DomainError('INVALID', `A password has at most ${PASSWORD_MAX} characters`, path);
  // A NUL ends C strings and a lone surrogate has no UTF-8 form, so neither could be verified reliably.
  if (password.includes('\0') || !password.isWellFormed())
    throw new DomainError('INVALID', 'The password contains characters that cannot be stored', path);
  return password;
}

/** How users see this server. */
const INSTANCE_NAME = 'Gatehouse';

/** Whose password it is. */
export interface PasswordOwner {
  readonly username: string;
  readonly email: string | null | undefined;
}

/** NIST SP 800-63B §3.1.1.2: refuses what an attacker tries first: common passwords, the user's names and that of this server. */
export async function refuseGuessablePassword(password: string, { username, email }: PasswordOwner): Promise<void> {
  const folded = password.normalize('NFKC').toLowerCase();
  const names = [username, email ?? username, INSTANCE_NAME].map((name) => name.normalize('NFKC').toLowerCase());
  if (names.includes(folded))
    throw new DomainError('INVALID', `The password must not be the username, the email address or ${INSTANCE_NAME}`, [
      'password',
    ]);
  if (await isCommonPassword(folded))
    throw new DomainError('INVALID', 'This password is too common. Choose one that is hard to guess', ['password']);
}
