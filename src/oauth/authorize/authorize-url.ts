import { stillAllowed } from '../scopes/scope.ts';
import type { AccessToken } from '../tokens/bearer.ts';

/**
 * RFC 6749 §4.1.1: where the token's client can ask the person for what is missing, besides what was granted. Undefined where
 * that leads nowhere: nobody is there to be asked, or the client may not ask for it. What only the client knows it adds itself:
 * its redirect URI, its state and its PKCE challenge.
 */
export function authorizeUrl(
  { client, user, scopes }: AccessToken,
  missing: readonly string[],
  issuer: string,
): string | undefined {
  if (!user || !missing.every((scope) => client.mayAsk.includes(scope))) return undefined;
  const scope = [...stillAllowed([...scopes], client.mayAsk), ...missing].join(' ');
  return `${issuer}/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id: client.clientId, scope })}`;
}
