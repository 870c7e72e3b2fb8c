import { digest, makeSecret } from '../../crypto/secrets.ts';
import type { Issue } from '../../store/issue-tokens.ts';
import type { TokenRequest } from '../grant.ts';
import { earlier, secondsLater } from '../lifetime.ts';
import { accessTokenDigest, writeAccessToken } from './access-token.ts';
import { type TokenResponse, tokenResponse } from './token-response.ts';

/** The tokens of one token request: the rows to store, and the response to send after they are stored. */
export interface Tokens {
  readonly issue: Issue;
  readonly response: TokenResponse;
}

/** The new tokens of a rotation. They are derived from the rotated refresh token instead of random. */
export interface DerivedSecrets {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly salt: Buffer;
}

/** RFC 6749 §1.5: only a client that is registered for it gets a refresh token. */
export const isRefreshable = ({ client }: TokenRequest): boolean => client.grantTypes.includes('refresh_token');

/** The contents of the tokens. Neither token is valid after `until`, when the authorization expires. */
interface TokenContents {
  /** The row's uuid; undefined for client_credentials. */
  readonly userId: string | undefined;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly until: Date;
  readonly refreshable: boolean;
}

/** Creates an access token and, if `refreshable`, a refresh token. Stores nothing. */
export async function makeTokens(
  request: TokenRequest,
  { userId, scopes, resources, until, refreshable }: TokenContents,
  derived?: DerivedSecrets,
): Promise<Tokens> {
  const { client, config, now } = request;
  const secret = derived?.accessToken ?? makeSecret('gat');
  const expiresAt = earlier(secondsLater(now, client.accessTokenTtl ?? config.accessTokenTtl), until);
  const refreshToken = refreshable ? (derived?.refreshToken ?? makeSecret('grt')) : undefined;
  const refresh =
    refreshToken === undefined
      ? undefined
      : {
          digest: digest(refreshToken),
          salt: derived?.salt,
          expiresAt: earlier(secondsLater(now, config.refreshTokenIdleTtl), until),
        };
  const accessToken = await writeAccessToken(request, secret, { userId, scopes, resources, expiresAt });
  return {
    issue: { scopes, resources, now, access: { digest: accessTokenDigest(client, secret), expiresAt }, refresh },
    response: tokenResponse(accessToken, expiresAt, now, scopes, refreshToken),
  };
}

/** The expiry of an authorization without consent: that of its access token or, if `refreshable`, of the last refresh token. */
export function directExpiry({ client, config, now }: TokenRequest, refreshable: boolean): Date {
  return secondsLater(now, refreshable ? config.refreshTokenTtl : (client.accessTokenTtl ?? config.accessTokenTtl));
}
