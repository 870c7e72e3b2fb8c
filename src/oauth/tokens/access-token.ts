import { decodeJwt } from 'jose';
import { digest, isWellFormed } from '../../crypto/secrets.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import type { Client } from '../clients/client.ts';
import type { TokenRequest } from '../grant.ts';
import { seconds } from '../lifetime.ts';
import type { OAuthRequest } from '../oauth-request.ts';

/** RFC 9068 §2.1 */
const TYPE = 'at+jwt';
const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/;

/** What an access token stands for. `userId` is the row's uuid; undefined where a client speaks for itself. */
export interface Grounds {
  readonly userId: string | undefined;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly expiresAt: Date;
}

/** Made of the secret, which nobody is told then: who reads a JWT cannot go anywhere with its jti. */
const jtiOf = (secret: string): string => digest(`jti ${secret}`).toString('base64url');

/** By what the token is found again. */
export const accessTokenDigest = (client: Client, secret: string): Buffer =>
  digest(client.accessTokenFormat === 'JWT' ? jtiOf(secret) : secret);

/** The token as its client gets it: the secret itself, or RFC 9068's JWT, signed at this moment. */
export async function writeAccessToken(
  { client, config, signingKeys, now }: TokenRequest,
  secret: string,
  { userId, scopes, resources, expiresAt }: Grounds,
): Promise<string> {
  if (client.accessTokenFormat !== 'JWT') return secret;
  const [audience, ...more] = resources.length === 0 ? [config.issuer] : resources;
  const claims = {
    iss: config.issuer,
    // §2.2: a client that speaks for itself is its own subject.
    sub: userId === undefined ? client.clientId : prefixedId('usr', userId),
    aud: more.length === 0 ? audience! : [audience!, ...more],
    client_id: client.clientId,
    iat: seconds(now),
    exp: seconds(expiresAt),
    jti: jtiOf(secret),
    scope: scopes.join(' '),
  };
  return signingKeys.sign('RS256', TYPE, claims, now);
}

/** By what a token that somebody presents is found; undefined for what cannot be one of ours. */
export async function presentedDigest(
  { config, signingKeys, now }: Pick<OAuthRequest, 'config' | 'signingKeys' | 'now'>,
  token: string,
): Promise<Buffer | undefined> {
  if (isWellFormed('gat', token)) return digest(token);
  if (!JWT.test(token)) return undefined;
  const { iss, jti } = (await signingKeys.verify(token, TYPE, now)) ?? {};
  return iss === config.issuer && jti !== undefined ? digest(jti) : undefined;
}

/** The same from what a JWT says of itself: enough to find it, where the row says who may end it. */
export function claimedDigest(token: string): Buffer | undefined {
  if (isWellFormed('gat', token)) return digest(token);
  try {
    const { jti } = decodeJwt(token);
    return jti === undefined ? undefined : digest(String(jti));
  } catch {
    return undefined;
  }
}
