import { PASSWORD_MAX, PASSWORD_MIN } from '../crypto/password-length.ts';
import { DomainError } from './error.ts';

/** NIST SP 800-63B §3.1.1.2: only the length is restricted, counted in Unicode characters. */
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
