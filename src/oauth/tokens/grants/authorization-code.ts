import { type CodeRow, consumeCode, findCode } from '../../../store/codes.ts';
import { OAuthError } from '../../error.ts';
import type { Grant, TokenRequest } from '../../grant.ts';
import { withIdToken } from '../../openid/id-token.ts';
import { optional, required } from '../../params.ts';
import { verifyCodeVerifier } from '../../pkce.ts';
import { narrowResources } from '../../resource.ts';
import { stillAllowed } from '../../scopes/scope.ts';
import { isRefreshable, makeTokens } from '../issue-tokens.ts';
import { replayed } from '../replay.ts';
import type { TokenResponse } from '../token-response.ts';

export const authorizationCode = {
  grantType: 'authorization_code',
  name: 'authorization_code',
  description: 'RFC 6749 §4.1: a user signs in and consents in a browser.',
  needsRedirectUri: true,
  refreshable: true,
  confidential: false,
  selfService: true,
  lookUp: { parameter: 'code', kind: 'gac', find: findCode },
  handle: redeemCode,
} as const satisfies Grant<CodeRow>;

/** RFC 6749 §4.1.3, with RFC 7636 §4.6. */
async function redeemCode(request: TokenRequest<CodeRow>): Promise<TokenResponse> {
  const { params, client, config, sql, now } = request;
  required(params, 'code');
  const redirectUri = optional(params, 'redirect_uri');
  const verifier = optional(params, 'code_verifier');

  const code = await request.presented;
  if (code?.client_row_id !== client.id)
    throw new OAuthError('invalid_grant', 'The code is unknown, or was issued to another client.');
  checkRedirectUri(request, code, redirectUri);
  verifyCodeVerifier(verifier, code.code_challenge);
  // §4.1.2, §10.5: the caller has proven possession of the code, so a second use is a replay.
  if (code.used_at !== null) throw await replayed(request, 'code.replayed', code);
  if (code.expires_at <= now || !code.active)
    throw new OAuthError('invalid_grant', 'The code has expired or was revoked.');

  const scopes = stillAllowed(code.scopes, client.scopes);
  const { issue, response } = await makeTokens(request, {
    userId: code.user_id,
    scopes,
    resources: narrowResources(params, client, config.issuer, code.resources),
    until: code.authorization_expires_at,
    refreshable: isRefreshable(request),
  });
  const completeResponse = await withIdToken(request, code, scopes, response);
  if (!(await consumeCode(sql, code.id, issue))) throw await replayed(request, 'code.replayed', code);
  return completeResponse;
}

/**
 * §4.1.3: redirect_uri must match the authorization request. It may be omitted when none was sent, when the code is bound by
 * PKCE, or when the client has redirectUriOptional.
 */
function checkRedirectUri({ client }: TokenRequest, code: CodeRow, sent: string | undefined): void {
  if (sent === undefined) {
    if (code.redirect_uri === null || code.code_challenge !== null || client.redirectUriOptional) return;
    throw new OAuthError('invalid_request', 'The parameter redirect_uri is missing.');
  }
  if (sent !== (code.redirect_uri ?? client.redirectUris[0]))
    throw new OAuthError('invalid_grant', 'The redirect_uri differs from the one at the authorization endpoint.');
}
