import { createHash } from 'node:crypto';
import { prefixedId } from '../../store/prefixed-id.ts';
import type { TokenRequest } from '../grant.ts';
import { SIGNING_ALGORITHMS } from '../keys/signing-algorithm.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { ID_TOKEN_TTL, seconds } from '../lifetime.ts';
import type { TokenResponse } from '../tokens/token-response.ts';
import { claimsOf } from './claims.ts';

/** RFC 8725 §3.11 */
const TYPE = 'JWT';

/** OpenID Connect Core 1.0 §2: the user signed in with a password. §15.1: we define the value of acr. */
export const PASSWORD_AUTHENTICATION = { acr: '1', amr: ['pwd'] } as const;

/** §2, with `sid` of OpenID Connect Front-Channel Logout 1.0 §3. */
export const ID_TOKEN_CLAIMS = [
  'iss',
  'sub',
  'aud',
  'azp',
  'exp',
  'iat',
  'auth_time',
  'nonce',
  'at_hash',
  'acr',
  'amr',
  'sid',
] as const;

/** The user's sign-in that an ID token describes. Ids are row UUIDs. */
export interface Authentication {
  readonly user_id: string;
  readonly auth_time: Date;
  readonly session_id: string | null;
  readonly nonce: string | null;
}

/** Adds an ID token to the response if the scope `openid` was granted (OpenID Connect Core 1.0 §3.1.3.3). */
export async function withIdToken(
  { client, config, sql, signingKeys, now }: TokenRequest,
  { user_id: userId, auth_time: authTime, session_id: sessionId, nonce }: Authentication,
  scopes: readonly string[],
  response: TokenResponse,
): Promise<TokenResponse> {
  if (!scopes.includes('openid')) return response;
  const algorithm = client.idTokenSignedResponseAlg;
  const claims = {
    ...(await claimsOf(sql, client, userId, scopes)),
    iss: config.issuer,
    sub: prefixedId('usr', userId),
    aud: client.clientId,
    azp: client.clientId,
    iat: seconds(now),
    exp: seconds(now) + ID_TOKEN_TTL,
    auth_time: seconds(authTime),
    ...(nonce !== null && { nonce }),
    at_hash: leftHalf(SIGNING_ALGORITHMS[algorithm].hash, response.access_token),
    ...PASSWORD_AUTHENTICATION,
    ...(sessionId !== null && { sid: prefixedId('ses', sessionId) }),
  };
  return { ...response, id_token: await signingKeys.sign(algorithm, TYPE, claims, now) };
}

/** §3.1.3.6 (at_hash): base64url of the left half of the hash. */
function leftHalf(hash: string, text: string): string {
  const bytes = createHash(hash).update(text).digest();
  return bytes.subarray(0, bytes.length / 2).toString('base64url');
}

/** §3.1.2.1: the claims of an id_token_hint. It may be an expired ID token. */
export interface IdTokenHint {
  readonly sub: string;
  readonly aud: string;
  readonly sid: string | undefined;
}

/** Verifies an id_token_hint. Undefined if it is not an ID token that we signed. */
export async function verifyIdTokenHint(
  { config, signingKeys, now }: { config: { issuer: string }; signingKeys: SigningKeys; now: Date },
  hint: string,
): Promise<IdTokenHint | undefined> {
  const { iss, sub, aud, sid } = (await signingKeys.verifyWithRetiredKeys(hint, TYPE, now)) ?? {};
  if (iss !== config.issuer || sub === undefined || typeof aud !== 'string') return undefined;
  return { sub, aud, sid: typeof sid === 'string' ? sid : undefined };
}
