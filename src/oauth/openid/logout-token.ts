import { randomUUID } from 'node:crypto';
import type { LogoutDelivery } from '../../store/logout-deliveries.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { isSigningAlgorithm } from '../keys/signing-algorithm.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { seconds } from '../lifetime.ts';

/** Seconds. §4 recommends at most two minutes. */
const TTL = 120;

/** OpenID Connect Back-Channel Logout 1.0 §2.4: each delivery attempt gets a new token. It has no nonce, unlike an ID token. */
export function makeLogoutToken(
  signingKeys: SigningKeys,
  issuer: string,
  { client_id: audience, algorithm, user_id: userId, session_id: sessionId }: LogoutDelivery,
  now: Date,
): Promise<string> {
  const claims = {
    iss: issuer,
    aud: audience,
    iat: seconds(now),
    exp: seconds(now) + TTL,
    jti: randomUUID(),
    sub: prefixedId('usr', userId),
    sid: prefixedId('ses', sessionId),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  };
  return signingKeys.sign(isSigningAlgorithm(algorithm) ? algorithm : 'RS256', 'logout+jwt', claims, now);
}
