import { randomBytes } from 'node:crypto';
import { hmac } from '../../../crypto/keyring.ts';
import { digest, sameBytes, secretFrom } from '../../../crypto/secrets.ts';
import {
  findIssuedAccess,
  findRefreshToken,
  findSuccessor,
  type RefreshRow,
  rotateRefreshToken,
} from '../../../store/refresh-tokens.ts';
import { OAuthError } from '../../error.ts';
import type { Grant, TokenRequest } from '../../grant.ts';
import { secondsLater } from '../../lifetime.ts';
import { type Authentication, withIdToken } from '../../openid/id-token.ts';
import { optional, required } from '../../params.ts';
import { narrowResources } from '../../resource.ts';
import { askedScopes, stillAllowed } from '../../scopes/scope.ts';
import { accessTokenDigest, writeAccessToken } from '../access-token.ts';
import { type GivenSecrets, makeTokens } from '../issue-tokens.ts';
import { replayed } from '../replay.ts';
import { type TokenResponse, tokenResponse } from '../token-response.ts';

export const refreshToken = {
  grantType: 'refresh_token',
  name: 'refresh_token',
  description: 'RFC 6749 §6: the client exchanges a refresh token for new tokens.',
  needsRedirectUri: false,
  refreshable: false,
  selfService: true,
  lookUp: { parameter: 'refresh_token', kind: 'grt', find: findRefreshToken },
  handle: refresh,
} as const satisfies Grant<RefreshRow>;

/** RFC 6749 §6, with rotation as RFC 9700 §4.14.2 wants it. */
async function refresh(request: TokenRequest<RefreshRow>): Promise<TokenResponse> {
  const { params, client, config, sql, keyring, now } = request;
  const value = required(params, 'refresh_token');
  const token = await request.presented;

  if (token?.client_row_id !== client.id)
    throw new OAuthError('invalid_grant', 'The refresh token is unknown, or was issued to another client.');
  const scopes = narrowScope(request, token);
  const resources = narrowResources(params, client, config.issuer, token.resources);
  if (!token.active) throw dead();
  if (token.used_at !== null) return again(request, value, token, scopes, resources);
  if (token.expires_at <= now || token.authorization_expires_at <= now) throw dead();

  const [key] = keyring('refresh');
  const given = derive(key, value, randomBytes(16));
  const until = token.authorization_expires_at;
  const wanted = { userId: token.user_id, scopes, resources, until, refreshable: true };
  const { issue, response } = await makeTokens(request, wanted, given);
  const answer = await withIdToken(request, renewed(token), scopes, response);
  const spent = await rotateRefreshToken(sql, token.id, issue);
  return spent ? answer : again(request, value, token, scopes, resources);
}

const dead = (): OAuthError => new OAuthError('invalid_grant', 'The refresh token has expired or was revoked.');

/** OpenID Connect Core 1.0 §12.2: as at first, but that the nonce has done its work. */
const renewed = (token: RefreshRow): Authentication => ({ ...token, nonce: null });

/** §6: never wider than what was granted. */
function narrowScope({ params, client }: TokenRequest, token: RefreshRow): string[] {
  const granted = stillAllowed(token.scopes, client.scopes);
  const asked = optional(params, 'scope');
  if (asked === undefined) return granted;
  const scopes = askedScopes(asked);
  if (!scopes.every((scope) => granted.includes(scope)))
    throw new OAuthError('invalid_scope', 'The scope is wider than what was granted.');
  return scopes;
}

/** The successor is a function of the parent, a salt and a key: any node can make it again, and nobody else can. */
function derive(key: Buffer, parent: string, salt: Buffer): GivenSecrets {
  return {
    salt,
    accessToken: secretFrom('gat', hmac(key, 'access', parent, salt)),
    refreshToken: secretFrom('grt', hmac(key, 'refresh', parent, salt)),
  };
}

/**
 * The token was spent before. Inside the grace, while its successor is untouched, this is an honest client whose answer was
 * lost or who asked twice at once: it gets the same answer. Anything else is a replay, and the whole family dies.
 */
async function again(
  request: TokenRequest,
  value: string,
  token: RefreshRow,
  scopes: string[],
  resources: readonly string[],
): Promise<TokenResponse> {
  const { sql, keyring, client, config, now } = request;
  const successor = await findSuccessor(sql, token.id);
  if (successor && !successor.active) throw dead();

  const { salt } = successor ?? {};
  if (
    successor &&
    salt &&
    successor.refresh_used_at === null &&
    now <= secondsLater(successor.used_at, config.refreshGrace)
  ) {
    const given = keyring('refresh')
      .map((key) => derive(key, value, salt))
      .find(({ refreshToken: made }) => sameBytes(digest(made), successor.refresh_digest));
    // Spent under a key this node does not have: nothing can be told, and nobody is to blame.
    if (!given) throw new OAuthError('invalid_grant', 'The refresh token was already used.');

    const access = await findIssuedAccess(sql, accessTokenDigest(client, given.accessToken), token.authorization_id);
    if (access?.scopes.join(' ') === scopes.join(' ') && access.resources.join(' ') === resources.join(' ')) {
      // As of the first use: then what is signed is the same, too.
      const then = { ...request, now: successor.used_at };
      const grounds = { userId: token.user_id, scopes, resources, expiresAt: access.expires_at };
      const accessToken = await writeAccessToken(then, given.accessToken, grounds);
      const response = tokenResponse(accessToken, access.expires_at, now, access.scopes, given.refreshToken);
      return withIdToken(then, renewed(token), scopes, response);
    }
  }
  throw await replayed(request, 'refresh_token.replayed', token);
}
