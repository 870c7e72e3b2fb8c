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

/** The contents of an access token. `userId` is the row's uuid; undefined for a token from client_credentials. */
export interface AccessTokenDetails {
  readonly userId: string | undefined;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly expiresAt: Date;
}

/** The jti is a digest of the secret, so that it cannot be used as an opaque token. */
const jtiOf = (secret: string): string => digest(`jti ${secret}`).toString('base64url');

/** The digest by which the database finds the token. */
export const accessTokenDigest = (client: Client, secret: string): Buffer =>
  digest(client.accessTokenFormat === 'JWT' ? jtiOf(secret) : secret);

/** RFC 9068 §2: the token that the client gets. It is the secret itself or a signed JWT, depending on the client. */
export async function writeAccessToken(
  { client, config, signingKeys, now }: TokenRequest,
  secret: string,
  { userId, scopes, resources, expiresAt }: AccessTokenDetails,
): Promise<string> {
  if (client.accessTokenFormat !== 'JWT') return secret;
  const [audience, ...more] = resources.length === 0 ? [config.issuer] : resources;
  const claims = {
    iss: config.issuer,
    // §2.2: without a user, the client is the subject.
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

/** The digest by which the database finds a token that was sent. Undefined if this server cannot have issued it. */
export async function presentedDigest(
  { config, signingKeys, now }: Pick<OAuthRequest, 'config' | 'signingKeys' | 'now'>,
  token: string,
): Promise<Buffer | undefined> {
  if (isWellFormed('gat', token)) return digest(token);
  if (!JWT.test(token)) return undefined;
  const { iss, jti } = (await signingKeys.verify(token, TYPE, now)) ?? {};
  return iss === config.issuer && jti !== undefined ? digest(jti) : undefined;
}

/** The same without a check of the signature. A revocation does not need it, because rights are checked against the row. */
export function claimedDigest(token: string): Buffer | undefined {
  if (isWellFormed('gat', token)) return digest(token);
  try {
    const { jti } = decodeJwt(token);
    return jti === undefined ? undefined : digest(String(jti));
  } catch {
    return undefined;
  }
}
