import { isPublic } from '../../clients/client.ts';
import { authenticateClient } from '../../clients/client-authentication.ts';
import { OAuthError } from '../../error.ts';
import type { Grant } from '../../grant.ts';
import type { OAuthRequest } from '../../oauth-request.ts';
import { type Params, required } from '../../params.ts';
import { startLookUp } from '../early-lookup.ts';
import type { TokenResponse } from '../token-response.ts';
import { GRANTS, grantTypesWith } from './grants.ts';

const BY_GRANT_TYPE: ReadonlyMap<string, Grant> = new Map(GRANTS.map((grant) => [grant.grantType, grant]));

/** RFC 6749 §3.2: authenticates the client, checks that it is registered for the grant, and lets the grant respond. */
export async function handleTokenRequest(
  request: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<TokenResponse> {
  const grantType = required(params, 'grant_type');
  const grant = BY_GRANT_TYPE.get(grantType);
  if (!grant?.handle)
    throw new OAuthError(
      'unsupported_grant_type',
      `Supported: ${grantTypesWith(({ handle }) => handle !== undefined).join(', ')}.`,
    );

  const presented = startLookUp(request.sql, grant.lookUp, params);
  const client = await authenticateClient(request, header, params);
  if (!client.grantTypes.includes(grantType))
    throw new OAuthError('unauthorized_client', `This client is not registered for the grant ${grantType}.`);
  // It may be registered from a time when that was allowed.
  if (grant.confidential && isPublic(client))
    throw new OAuthError('unauthorized_client', `A public client cannot use the grant ${grantType}.`);
  return grant.handle({ ...request, params, client, presented });
}
