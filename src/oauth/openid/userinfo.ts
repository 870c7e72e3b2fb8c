import { prefixedId } from '../../store/prefixed-id.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import type { AccessToken } from '../tokens/bearer.ts';
import { type Claims, claimsOf } from './claims.ts';

/** OpenID Connect Core 1.0 §5.3.2 */
export type UserInfo = { readonly sub: string } & Claims;

/** OpenID Connect Core 1.0 §5.3: the claims of the token's user. Throws insufficient_scope. */
export async function userInfo(
  { sql }: Pick<OAuthRequest, 'sql'>,
  { user, scopes, client }: AccessToken,
): Promise<UserInfo> {
  if (!user) throw new OAuthError('insufficient_scope', 'This token belongs to a client, not to a user.');
  if (!scopes.has('openid')) throw new OAuthError('insufficient_scope', 'The token was not granted the scope openid.');
  return { sub: prefixedId('usr', user.id), ...(await claimsOf(sql, client, user.id, [...scopes])) };
}
