import { issueDirectly } from '../../../store/issue-tokens.ts';
import { OAuthError } from '../../error.ts';
import type { Grant, TokenRequest } from '../../grant.ts';
import { optional } from '../../params.ts';
import { parseResources } from '../../resource.ts';
import { grantedScope } from '../../scopes/scope.ts';
import { directExpiry, makeTokens } from '../issue-tokens.ts';
import type { TokenResponse } from '../token-response.ts';

export const clientCredentials = {
  grantType: 'client_credentials',
  name: 'client_credentials',
  description: 'RFC 6749 §4.4: the client acts for itself, without a user.',
  needsRedirectUri: false,
  refreshable: false,
  confidential: true,
  selfService: false,
  handle: issueForClient,
} as const satisfies Grant;

/** RFC 6749 §4.4 */
async function issueForClient(request: TokenRequest): Promise<TokenResponse> {
  const { params, client, config, sql } = request;
  const scopes = grantedScope(optional(params, 'scope'), client.scopes, client.defaultScopes);

  // §4.4.3: no refresh token.
  const expiresAt = directExpiry(request, false);
  const resources = parseResources(params, client, config.issuer);
  const contents = { userId: undefined, scopes, resources, until: expiresAt, refreshable: false };
  const { issue, response } = await makeTokens(request, contents);
  if (!(await issueDirectly(sql, { client, user: undefined, expiresAt }, issue)))
    throw new OAuthError('invalid_client', 'Client authentication failed.');
  return response;
}
