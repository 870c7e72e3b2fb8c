import type { Client } from '../clients/client.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { requestedScopes } from '../scopes/scope.ts';

/** The pairs of client and scope that were logged. The limit keeps requests with random scopes from filling memory and log. */
const logged = new Set<string>();
const MAX_LOGGED = 1000;

/**
 * RFC 6749 §3.3, OpenID Connect Core 1.0 §3.1.2.1: drops scopes that are unknown or that the client may not request, because
 * many clients request every scope that our metadata lists. Throws invalid_scope if the text is malformed, if no scope is left,
 * or if `openid` would be dropped: without it the client would get no ID token, which it needs.
 */
export function allowedScopes(
  request: Pick<OAuthRequest, 'log' | 'origin'>,
  client: Client,
  text: string | undefined,
): string[] {
  if (text === undefined) return [...client.defaultScopes];
  const requested = requestedScopes(text);
  const scopes = requested.filter((scope) => client.scopes.includes(scope));
  const dropped = requested.filter((scope) => !client.scopes.includes(scope));
  if (dropped.includes('openid'))
    throw new OAuthError(
      'invalid_scope',
      'This client may not request the scope openid. Register the client with openid.',
    );
  if (scopes.length === 0)
    throw new OAuthError(
      'invalid_scope',
      `Unknown, or not allowed for this client: ${dropped.join(' ')}`.slice(0, 200),
    );
  for (const scope of dropped) logOnce(request, client, scope);
  return scopes;
}

function logOnce({ log, origin }: Pick<OAuthRequest, 'log' | 'origin'>, client: Client, scope: string): void {
  const pair = `${client.id} ${scope}`;
  if (logged.has(pair) || logged.size >= MAX_LOGGED) return;
  logged.add(pair);
  const about = { client: client.clientId, scope: scope.slice(0, 100), requestId: origin.requestId };
  log.info(about, 'dropped a scope that is unknown or that the client may not request');
}
