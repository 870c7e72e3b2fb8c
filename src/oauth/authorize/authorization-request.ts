import { type Client, findClient, isPublic } from '../clients/client.ts';
import { resolveRedirectUri } from '../clients/redirect-uri.ts';
import { OAuthError, quoted } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { optional, type Params } from '../params.ts';
import { parseCodeChallenge } from '../pkce.ts';
import { parseResources } from '../resource.ts';
import { allowedScopes } from './allowed-scopes.ts';
import { parseClaimsRequest } from './claims-request.ts';
import { isResponseType, RESPONSE_TYPES, type ResponseType } from './response-types.ts';
import { parseSignInRequest, type SignInRequest } from './sign-in-request.ts';

/** The client and the validated URI that responses are sent to. Once it is known, errors are redirects. */
export interface Recipient {
  readonly client: Client;
  readonly redirectUri: string;
}

/** RFC 6749 §4.1.1, §4.2.1, RFC 7636 §4.3: the validated parameters of an authorization request. */
export interface AuthorizationRequest extends SignInRequest {
  readonly responseType: ResponseType;
  /** The redirect_uri parameter as it was sent. Undefined: it was omitted. */
  readonly sentRedirectUri: string | undefined;
  readonly scopes: readonly string[];
  /** RFC 8707 */
  readonly resources: readonly string[];
  readonly state: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly nonce: string | undefined;
}

const MAX_STATE = 2048;
const MAX_NONCE = 512;

/** RFC 6749 §3.1.2.4, §4.1.2.1: errors thrown here are shown as a page, because no redirect URI is trusted yet. */
export async function resolveRecipient(
  { sql, config, found, log, origin }: OAuthRequest,
  params: Params,
): Promise<Recipient> {
  const clientId = optional(params, 'client_id');
  if (clientId === undefined)
    throw new OAuthError('invalid_request', 'The request does not say which app it is from: client_id is missing.');
  const client = await findClient(sql, config.issuer, clientId);
  if (!client) throw new OAuthError('invalid_request', 'No app is registered with this client_id.');
  found.clientId = client.clientId;

  const sentRedirectUri = optional(params, 'redirect_uri');
  const redirectUri = resolveRedirectUri(client, sentRedirectUri);
  if (redirectUri === undefined) {
    // Only operators may see the registered URIs, because anyone can send this request.
    log.info(
      { client: client.clientId, registered: client.redirectUris, requestId: origin.requestId },
      'redirect_uri not registered',
    );
    throw new OAuthError(
      'invalid_request',
      sentRedirectUri === undefined
        ? `The request does not say where to return to: redirect_uri is missing, and the app ${quoted(client.name)} has not registered exactly one.`
        : `The redirect_uri ${quoted(sentRedirectUri)} is not registered for the app ${quoted(client.name)}. It must equal a registered one; only the port of a loopback address may differ.`,
    );
  }
  return { client, redirectUri };
}

/** RFC 6749 §4.1.2: the state to send back; a repeated or oversized one is an error without state. */
export function parseState(params: Params): string | undefined {
  const state = optional(params, 'state');
  if (state === undefined) return undefined;
  // PostgreSQL cannot store a NUL character.
  if (Buffer.byteLength(state) > MAX_STATE || state.includes('\0'))
    throw new OAuthError('invalid_request', `The state is longer than ${MAX_STATE} bytes, or malformed.`);
  return state;
}

/** RFC 6749 §4.1.1: validates the rest of the request. Its errors are redirects. */
export async function parseAuthorizationRequest(
  request: OAuthRequest,
  { client }: Recipient,
  params: Params,
  state: string | undefined,
): Promise<AuthorizationRequest> {
  refuseRequestObjects(params);
  const responseType = optional(params, 'response_type');
  if (responseType === undefined) throw new OAuthError('invalid_request', 'The parameter response_type is missing.');
  if (!isResponseType(responseType))
    throw new OAuthError('unsupported_response_type', `Supported: ${Object.keys(RESPONSE_TYPES).join(', ')}.`);
  const { grantType } = RESPONSE_TYPES[responseType];
  if (!client.grantTypes.includes(grantType))
    throw new OAuthError('unauthorized_client', `This client is not registered for the grant ${grantType}.`);

  checkResponseMode(params, responseType);
  const claims = parseClaimsRequest(params, client.scopes);
  const requested = allowedScopes(request, client, optional(params, 'scope'));
  const scopes = [...new Set([...requested, ...claims.scopes])];
  const sentRedirectUri = optional(params, 'redirect_uri');
  // OpenID Connect Core 1.0 §3.1.2.1: redirect_uri is required.
  if (sentRedirectUri === undefined && scopes.includes('openid') && optional(params, 'scope') !== undefined)
    throw new OAuthError('invalid_request', 'The scope openid needs a redirect_uri.');

  const resources = parseResources(params, client, request.config.issuer);
  const codeChallenge =
    responseType === 'code' ? parseCodeChallenge(params, client.requirePkce || isPublic(client)) : undefined;
  const nonce = optional(params, 'nonce');
  if (nonce !== undefined && (Buffer.byteLength(nonce) > MAX_NONCE || nonce.includes('\0')))
    throw new OAuthError('invalid_request', `The nonce is longer than ${MAX_NONCE} bytes, or malformed.`);
  const signIn = await parseSignInRequest(request, client.clientId, params, claims.sub);
  return { responseType, sentRedirectUri, scopes, resources, state, codeChallenge, nonce, ...signIn };
}

/** OpenID Connect Core 1.0 §6.1, §6.2, §7.2.1: unsupported parameters are errors, because the client relies on their effect. */
function refuseRequestObjects(params: Params): void {
  for (const name of ['request', 'request_uri', 'registration'] as const)
    if (optional(params, name) !== undefined)
      throw new OAuthError(`${name}_not_supported`, `The parameter ${name} is not supported.`);
}

/** OAuth 2.0 Multiple Response Type Encoding Practices §2.1: only the default mode of each response type is supported. */
function checkResponseMode(params: Params, responseType: ResponseType): void {
  const mode = optional(params, 'response_mode');
  const { responseMode: supported } = RESPONSE_TYPES[responseType];
  if (mode !== undefined && mode !== supported)
    throw new OAuthError('unsupported_response_mode', `Only response_mode=${supported} is supported.`);
}
