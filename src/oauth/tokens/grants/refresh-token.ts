import { randomBytes } from 'node:crypto';
import { hmac } from '../../../crypto/keyring.ts';
import { digest, sameBytes, secretFrom } from '../../../crypto/secrets.ts';
import {
  findIssuedAccess,
  findRefreshToken,
  findSuccessor,
  type RefreshRow,
  recordRepeatedRefresh,
  rotateRefreshToken,
  type SuccessorRow,
} from '../../../store/refresh-tokens.ts';
import { OAuthError } from '../../error.ts';
import type { Grant, TokenRequest } from '../../grant.ts';
import { secondsLater } from '../../lifetime.ts';
import { type Authentication, withIdToken } from '../../openid/id-token.ts';
import { optional, required } from '../../params.ts';
import { narrowResources } from '../../resource.ts';
import { requestedScopes, stillAllowed } from '../../scopes/scope.ts';
import { accessTokenDigest, writeAccessToken } from '../access-token.ts';
import { type DerivedSecrets, makeTokens } from '../issue-tokens.ts';
import { replayed } from '../replay.ts';
import { isElsewhere, placeOf } from '../request-place.ts';
import { type TokenResponse, tokenResponse } from '../token-response.ts';

export const refreshToken = {
  grantType: 'refresh_token',
  name: 'refresh_token',
  description: 'RFC 6749 §6: the client exchanges a refresh token for new tokens.',
  needsRedirectUri: false,
  refreshable: false,
  confidential: false,
  selfService: true,
  lookUp: { parameter: 'refresh_token', kind: 'grt', find: findRefreshToken },
  handle: refresh,
} as const satisfies Grant<RefreshRow>;

/** RFC 6749 §6, with the rotation of RFC 9700 §4.14.2. */
async function refresh(request: TokenRequest<RefreshRow>): Promise<TokenResponse> {
  const { params, client, config, sql, keyring, now } = request;
  const value = required(params, 'refresh_token');
  const token = await request.presented;

  if (token?.client_row_id !== client.id)
    throw new OAuthError('invalid_grant', 'The refresh token is unknown, or was issued to another client.');
  const scopes = narrowScope(request, token);
  const resources = narrowResources(params, client, config.issuer, token.resources);
  if (!token.active) throw expiredOrRevoked();
  if (token.used_at !== null) return replayWithinGrace(request, value, token, scopes, resources);
  if (token.expires_at <= now || token.authorization_expires_at <= now) throw expiredOrRevoked();

  const [key] = keyring('refresh');
  const derived = derive(key, value, randomBytes(16));
  const until = token.authorization_expires_at;
  const contents = { userId: token.user_id, scopes, resources, until, refreshable: true };
  const { issue, response } = await makeTokens(request, contents, derived);
  const completeResponse = await withIdToken(request, withoutNonce(token), scopes, response);
  const rotated = await rotateRefreshToken(sql, token.id, issue, placeOf(request.origin));
  return rotated ? completeResponse : replayWithinGrace(request, value, token, scopes, resources);
}

const expiredOrRevoked = (): OAuthError =>
  new OAuthError('invalid_grant', 'The refresh token has expired or was revoked.');

/** OpenID Connect Core 1.0 §12.2: an ID token from a refresh has the original authentication but should have no nonce. */
const withoutNonce = (token: RefreshRow): Authentication => ({ ...token, nonce: null });

/** §6: the requested scopes, which must not exceed the granted ones. */
function narrowScope({ params, client }: TokenRequest, token: RefreshRow): string[] {
  const granted = stillAllowed(token.scopes, client.scopes);
  const requested = optional(params, 'scope');
  if (requested === undefined) return granted;
  const scopes = requestedScopes(requested);
  if (!scopes.every((scope) => granted.includes(scope)))
    throw new OAuthError('invalid_scope', 'The scope is wider than what was granted.');
  return scopes;
}

/** Derives the next tokens from the refresh token, a salt and a key, so that every node can derive them again for a retry. */
function derive(key: Buffer, parent: string, salt: Buffer): DerivedSecrets {
  return {
    salt,
    accessToken: secretFrom('gat', hmac(key, 'access', parent, salt)),
    refreshToken: secretFrom('grt', hmac(key, 'refresh', parent, salt)),
  };
}

/**
 * RFC 9700 §4.14.2: handles a token that was already rotated. Within the grace period, and until its successor is used, the
 * client probably lost the response or sent the request twice, so it gets the same tokens. Otherwise, or if it is used from
 * elsewhere in two rotations in a row, which shows that two parties refresh at the same time, its whole family is revoked.
 */
async function replayWithinGrace(
  request: TokenRequest,
  value: string,
  token: RefreshRow,
  scopes: string[],
  resources: readonly string[],
): Promise<TokenResponse> {
  const { sql, keyring, client, now } = request;
  const successor = await findSuccessor(sql, token.id);
  if (successor && !successor.active) throw expiredOrRevoked();

  const { salt } = successor ?? {};
  const elsewhere = successor !== undefined && usedElsewhere(request, successor);
  if (
    successor &&
    salt &&
    !(elsewhere && successor.parent_repeated_elsewhere) &&
    successor.refresh_used_at === null &&
    withinGrace(request, successor)
  ) {
    const derived = keyring('refresh')
      .map((key) => derive(key, value, salt))
      .find((secrets) => sameBytes(digest(secrets.refreshToken), successor.refresh_digest));
    // The token was rotated with a key that this node does not have. This does not prove a theft.
    if (!derived) throw new OAuthError('invalid_grant', 'The refresh token was already used.');

    const access = await findIssuedAccess(sql, accessTokenDigest(client, derived.accessToken), token.authorization_id);
    if (access?.scopes.join(' ') === scopes.join(' ') && access.resources.join(' ') === resources.join(' ')) {
      await recordRepeatedRefresh(sql, token, elsewhere, now, request.origin);
      request.measurements.countRepeatedRefresh();
      // With the time of the first use, the JWT is the same as in the first response.
      const firstRequest = { ...request, now: successor.used_at };
      const details = { userId: token.user_id, scopes, resources, expiresAt: access.expires_at };
      const accessToken = await writeAccessToken(firstRequest, derived.accessToken, details);
      const response = tokenResponse(accessToken, access.expires_at, now, access.scopes, derived.refreshToken);
      return withIdToken(firstRequest, withoutNonce(token), scopes, response);
    }
  }
  throw await replayed(request, 'refresh_token.replayed', token);
}

/** A client can shorten the grace period, or have none. The salts are deleted when that of the server ends. */
function withinGrace({ client, config, now }: TokenRequest, { used_at }: SuccessorRow): boolean {
  const grace = Math.min(config.refreshGrace, client.refreshGrace ?? config.refreshGrace);
  return grace > 0 && now <= secondsLater(used_at, grace);
}

/** True if this use comes from another network and another user agent than the first one. */
function usedElsewhere({ origin }: TokenRequest, { network, agent }: SuccessorRow): boolean {
  return network !== null && agent !== null && isElsewhere({ network, agent }, placeOf(origin));
}
