import { createHash } from 'node:crypto';
import { sameBytes } from '../crypto/secrets.ts';
import { OAuthError } from './error.ts';
import { optional, type Params } from './params.ts';

/** RFC 7636 §4.2: BASE64URL of a SHA-256, without padding. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;
/** RFC 7636 §4.1 */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** RFC 7636 §4.3. `plain` does not protect against an attacker who can read the request (RFC 9700 §2.1.1). */
export const CODE_CHALLENGE_METHODS = ['S256'] as const;

/** RFC 7636 §4.3, §4.4.1: validates the code_challenge. Undefined if it was not sent and is not required. */
export function parseCodeChallenge(params: Params, required: boolean): string | undefined {
  const challenge = optional(params, 'code_challenge');
  const method = optional(params, 'code_challenge_method');
  if (challenge === undefined) {
    if (method !== undefined)
      throw new OAuthError('invalid_request', 'code_challenge_method without a code_challenge.');
    if (required) throw new OAuthError('invalid_request', 'This client must send a code_challenge (PKCE, RFC 7636).');
    return undefined;
  }
  // §4.3: an omitted method means plain, which is not supported.
  if (method !== 'S256') throw new OAuthError('invalid_request', 'code_challenge_method must be S256.');
  if (!CHALLENGE.test(challenge))
    throw new OAuthError('invalid_request', 'code_challenge must be 43 characters of base64url without padding.');
  return challenge;
}

/** RFC 7636 §4.6: checks the code_verifier. A verifier without a challenge indicates a downgrade attack (RFC 9700 §2.1.1). */
export function verifyCodeVerifier(verifier: string | undefined, challenge: string | null): void {
  if (challenge === null) {
    if (verifier !== undefined)
      throw new OAuthError('invalid_grant', 'A code_verifier was sent, but the code has no code_challenge.');
    return;
  }
  if (verifier === undefined) throw new OAuthError('invalid_grant', 'The code_verifier is missing.');
  if (!VERIFIER.test(verifier))
    throw new OAuthError(
      'invalid_grant',
      'The code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.1).',
    );
  const derived = createHash('sha256').update(verifier).digest();
  if (!sameBytes(derived, Buffer.from(challenge, 'base64url')))
    throw new OAuthError('invalid_grant', 'The code_verifier does not match.');
}
