import { authenticateClient } from '../../clients/client-authentication.ts';
import { OAuthError } from '../../error.ts';
import type { Grant } from '../../grant.ts';
import type { OAuthRequest } from '../../oauth-request.ts';
import { type Params, required } from '../../params.ts';
import { lookUpPresented } from '../early-lookup.ts';
import type { TokenResponse } from '../token-response.ts';
import { authorizationCode } from './authorization-code.ts';
import { clientCredentials } from './client-credentials.ts';
import { password } from './password.ts';
import { refreshToken } from './refresh-token.ts';

/** RFC 6749 §4, §6: `grant_type` → the file that answers it. */
export const GRANTS: ReadonlyMap<string, Grant> = new Map([
  ['authorization_code', authorizationCode],
  ['client_credentials', clientCredentials],
  ['password', password],
  ['refresh_token', refreshToken],
]);

/** RFC 6749 §3.2: which grant, who is asking, and may this client use it? Then the grant decides. */
export async function answerTokenRequest(
  request: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<TokenResponse> {
  const grantType = required(params, 'grant_type');
  const grant = GRANTS.get(grantType);
  if (!grant) throw new OAuthError('unsupported_grant_type', `Supported: ${[...GRANTS.keys()].join(', ')}.`);

  const presented = lookUpPresented(request.sql, grantType, params);
  const client = await authenticateClient(request, header, params);
  if (!client.grantTypes.includes(grantType))
    throw new OAuthError('unauthorized_client', `This client is not registered for the grant ${grantType}.`);
  return grant({ ...request, params, client, presented });
}
