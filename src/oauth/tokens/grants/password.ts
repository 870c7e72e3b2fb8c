import { attemptKey, checkCredentials, findAccount, recordFailedSignIn } from '../../../directory/credentials.ts';
import { record } from '../../../store/audit/record.ts';
import { issueDirectly } from '../../../store/issue-tokens.ts';
import { strangersAttempt } from '../../../store/rate-limits.ts';
import { OAuthError } from '../../error.ts';
import type { Grant, TokenRequest } from '../../grant.ts';
import { withIdToken } from '../../openid/id-token.ts';
import { optional, required } from '../../params.ts';
import { parseResources } from '../../resource.ts';
import { grantedScope } from '../../scopes/scope.ts';
import { directExpiry, isRefreshable, makeTokens } from '../issue-tokens.ts';
import type { TokenResponse } from '../token-response.ts';

export const password = {
  grantType: 'password',
  name: 'password',
  description: "RFC 6749 §4.3: the client handles users' passwords. Only for your own apps.",
  needsRedirectUri: false,
  refreshable: true,
  confidential: true,
  selfService: false,
  deprecated: true,
  handle: issueForPassword,
} as const satisfies Grant;

/** RFC 6749 §4.3 */
async function issueForPassword(request: TokenRequest): Promise<TokenResponse> {
  const { params, client, config, sql, limits, now, origin } = request;
  const username = required(params, 'username');
  const passwordText = required(params, 'password');
  const scopes = grantedScope(optional(params, 'scope'), client.scopes, client.defaultScopes);
  const resources = parseResources(params, client, config.issuer);

  const account = await findAccount(sql, username);
  const attempt = strangersAttempt(attemptKey(username, account), origin.ip);
  const user = await limits.guess(attempt, () => checkCredentials(sql, account, passwordText));
  if (!user) {
    await recordFailedSignIn(sql, account, { at: now, clientId: client.id, origin });
    throw invalidCredentials();
  }

  const refreshable = isRefreshable(request);
  const expiresAt = directExpiry(request, refreshable);
  const contents = { userId: user.id, scopes, resources, until: expiresAt, refreshable };
  const { issue, response } = await makeTokens(request, contents);
  const authentication = { user_id: user.id, auth_time: now, session_id: null, nonce: null };
  const completeResponse = await withIdToken(request, authentication, scopes, response);
  if (!(await issueDirectly(sql, { client, user, expiresAt }, issue))) throw invalidCredentials();
  const detail = { grant: 'password' };
  await record(sql, { kind: 'sign_in.succeeded', at: now, actorId: user.id, clientId: client.id, origin, detail });
  return completeResponse;
}

/** RFC 6749 §5.2: the same error for an unknown user, a wrong password and a disabled user. */
const invalidCredentials = (): OAuthError => new OAuthError('invalid_grant', 'The username or the password is wrong.');
