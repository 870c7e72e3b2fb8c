import { stillAllowed } from '../scopes/scope.ts';
import type { AccessToken } from '../tokens/bearer.ts';

/**
 * RFC 6749 §4.1.1: where the token's client can request the missing scopes together with those already granted. The client adds
 * its redirect URI, its state and its PKCE challenge. Undefined if the token has no user who could consent, or if the client may
 * not request these scopes.
 */
export function authorizeUrl(
  { client, user, scopes }: AccessToken,
  missing: readonly string[],
  issuer: string,
): string | undefined {
  if (!user || !missing.every((scope) => client.requestableScopes.includes(scope))) return undefined;
  const scope = [...stillAllowed([...scopes], client.requestableScopes), ...missing].join(' ');
  return `${issuer}/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: client.clientId, scope })}`;
}
