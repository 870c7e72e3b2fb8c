import { digest, makeSecret } from '../../crypto/secrets.ts';
import { approveAuthorization, type Decision } from '../../store/approve-authorization.ts';
import { addResponseParameters } from '../clients/redirect-uri.ts';
import { type OAuthError, toDescription } from '../error.ts';
import { secondsLater } from '../lifetime.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { consentResources } from '../resource.ts';
import type { AuthorizationRequest, Recipient } from './authorization-request.ts';
import { RESPONSE_TYPES } from './response-types.ts';

/** The user who approves the request, and the browser session in which they do it. */
export interface Approver {
  readonly userId: string;
  readonly sessionId: string;
}

/**
 * RFC 6749 §4.1.2, §4.2.2, with the `iss` of RFC 9207: grants `scopes` and returns the redirect URL with the code or token.
 * Without a decision, a stored consent must cover the scopes. Undefined if nothing was granted, because the request was already
 * decided, the consent was withdrawn or the user signed out.
 */
export async function grantAuthorization(
  { sql, config, now }: OAuthRequest,
  { client, redirectUri }: Recipient,
  request: AuthorizationRequest,
  approver: Approver,
  scopes: readonly string[],
  decision: Decision | undefined,
): Promise<string | undefined> {
  const ttl = client.accessTokenTtl ?? config.accessTokenTtl;
  const { separator } = RESPONSE_TYPES[request.responseType];
  const common = {
    ...approver,
    client,
    scopes,
    resources: request.resources,
    consentResources: consentResources(config.issuer, request.resources),
    nonce: request.nonce ?? null,
    now,
  };
  const response = { state: request.state, iss: config.issuer };

  if (request.responseType === 'token') {
    const token = makeSecret('gat');
    const expiresAt = secondsLater(now, ttl);
    const credential = { kind: 'token', digest: digest(token), expiresAt } as const;
    if (!(await approveAuthorization(sql, { ...common, expiresAt, credential }, decision))) return undefined;
    const granted = { access_token: token, token_type: 'Bearer', expires_in: String(ttl), scope: scopes.join(' ') };
    return addResponseParameters(redirectUri, separator, { ...granted, ...response });
  }

  const code = makeSecret('gac');
  const lifetime = client.grantTypes.includes('refresh_token') ? config.refreshTokenTtl : config.codeTtl + ttl;
  const credential = {
    kind: 'code',
    digest: digest(code),
    expiresAt: secondsLater(now, config.codeTtl),
    redirectUri: request.sentRedirectUri ?? null,
    codeChallenge: request.codeChallenge ?? null,
  } as const;
  if (!(await approveAuthorization(sql, { ...common, expiresAt: secondsLater(now, lifetime), credential }, decision)))
    return undefined;
  return addResponseParameters(redirectUri, separator, { code, ...response });
}

/** RFC 6749 §4.1.2.1, §4.2.2.1: the redirect URL with the error. */
export function refuseAuthorization(
  issuer: string,
  redirectUri: string,
  separator: '?' | '#',
  { code, message }: OAuthError,
  state: string | undefined,
): string {
  return addResponseParameters(redirectUri, separator, {
    error: code,
    error_description: toDescription(message),
    state,
    iss: issuer,
  });
}
