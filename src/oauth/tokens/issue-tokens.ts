import { digest, makeSecret } from '../../crypto/secrets.ts';
import type { Issue } from '../../store/issue-tokens.ts';
import type { TokenRequest } from '../grant.ts';
import { earlier, secondsLater } from '../lifetime.ts';
import { accessTokenDigest, writeAccessToken } from './access-token.ts';
import { type TokenResponse, tokenResponse } from './token-response.ts';

/** The secrets of one token request: what is stored of them, and what is answered once that is done. */
export interface Tokens {
  readonly issue: Issue;
  readonly response: TokenResponse;
}

/** Secrets given, as a rotation derives them; otherwise fresh ones. */
export interface GivenSecrets {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly salt: Buffer;
}

/** RFC 6749 §1.5: a refresh token only where the client is registered for it. */
export const isRefreshable = ({ client }: TokenRequest): boolean => client.grantTypes.includes('refresh_token');

/** What tokens are made for. `until`: where the authorization ends, which neither token outlives. */
interface Wanted {
  /** The row's uuid; undefined where the client speaks for itself. */
  readonly userId: string | undefined;
  readonly scopes: readonly string[];
  readonly resources: readonly string[];
  readonly until: Date;
  readonly refreshable: boolean;
}

/** Access token and, if `refreshable`, refresh token. */
export async function makeTokens(
  request: TokenRequest,
  { userId, scopes, resources, until, refreshable }: Wanted,
  given?: GivenSecrets,
): Promise<Tokens> {
  const { client, config, now } = request;
  const secret = given?.accessToken ?? makeSecret('gat');
  const expiresAt = earlier(secondsLater(now, client.accessTokenTtl ?? config.accessTokenTtl), until);
  const refreshToken = refreshable ? (given?.refreshToken ?? makeSecret('grt')) : undefined;
  const refresh =
    refreshToken === undefined
      ? undefined
      : {
          digest: digest(refreshToken),
          salt: given?.salt,
          expiresAt: earlier(secondsLater(now, config.refreshTokenIdleTtl), until),
        };
  const accessToken = await writeAccessToken(request, secret, { userId, scopes, resources, expiresAt });
  return {
    issue: { scopes, resources, now, access: { digest: accessTokenDigest(client, secret), expiresAt }, refresh },
    response: tokenResponse(accessToken, expiresAt, now, scopes, refreshToken),
  };
}

/** Where an authorization that needs no consent ends: with its access token, or with its last possible refresh. */
export function directExpiry({ client, config, now }: TokenRequest, refreshable: boolean): Date {
  return secondsLater(now, refreshable ? config.refreshTokenTtl : (client.accessTokenTtl ?? config.accessTokenTtl));
}
