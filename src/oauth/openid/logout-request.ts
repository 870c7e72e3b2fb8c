import { type Sql, statement } from '../../store/connection/sql.ts';
import { isClientId, UNCHECKED_OWNER } from '../clients/client.ts';
import { addResponseParameters } from '../clients/redirect-uri.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { optional, type Params } from '../params.ts';
import { type IdTokenHint, verifyIdTokenHint } from './id-token.ts';

/** A validated request of OpenID Connect RP-Initiated Logout 1.0 §2. */
export interface LogoutRequest {
  /** Undefined if the request names no client. */
  readonly client: LogoutClient | undefined;
  readonly hint: IdTokenHint | undefined;
  /** The registered URI to redirect to, with `state` added. */
  readonly redirectUri: string | undefined;
}

interface LogoutClient {
  /** The UUID of the row. */
  readonly id: string;
  readonly client_id: string;
  readonly name: string;
  readonly post_logout_redirect_uris: string[];
  readonly uncheckedOwner: string | undefined;
}

const selectClient = statement<Omit<LogoutClient, 'uncheckedOwner'> & { unchecked_owner: string | null }>(
  'find-logout-client',
  `SELECT c.id, c.client_id, c.name, c.post_logout_redirect_uris, ${UNCHECKED_OWNER}
   FROM clients c WHERE c.client_id = $1 AND NOT c.disabled`,
);

/** Bytes. */
const MAX_STATE = 2048;

/** Throws invalid_request. The error is shown on a page, because the browser must not be redirected before the request is validated. */
export async function parseLogoutRequest(request: OAuthRequest, params: Params): Promise<LogoutRequest> {
  const token = optional(params, 'id_token_hint');
  // §2: a hint that cannot be verified counts as absent, so that the user is asked instead of being stuck at an error.
  const hint = token === undefined ? undefined : await verifyIdTokenHint(request, token);

  const clientId = optional(params, 'client_id');
  if (hint && clientId !== undefined && clientId !== hint.aud)
    throw invalidRequest('The id_token_hint was issued to another app than the one in client_id.');
  const client = await findClient(request.sql, clientId ?? hint?.aud);
  if (clientId !== undefined && !client) throw invalidRequest('No app is registered with this client_id.');
  return { client, hint, redirectUri: parseRedirectUri(client, params) };
}

async function findClient(sql: Sql, clientId: string | undefined): Promise<LogoutClient | undefined> {
  if (clientId === undefined || !isClientId(clientId)) return undefined;
  const [client] = await sql(selectClient, [clientId]);
  return client && { ...client, uncheckedOwner: client.unchecked_owner ?? undefined };
}

/** §3: the URI must equal a registered one exactly, because it is the target of a redirect. */
function parseRedirectUri(client: LogoutClient | undefined, params: Params): string | undefined {
  const uri = optional(params, 'post_logout_redirect_uri');
  const state = optional(params, 'state');
  if (state !== undefined && Buffer.byteLength(state) > MAX_STATE)
    throw invalidRequest(`The state is longer than ${MAX_STATE} bytes.`);
  // §3: without a client nobody knows whether the URI is registered, so the user stays here.
  if (uri === undefined || !client) return undefined;
  if (!client.post_logout_redirect_uris.includes(uri))
    throw invalidRequest('The post_logout_redirect_uri is not one the app has registered, character for character.');
  return state === undefined ? uri : addResponseParameters(uri, '?', { state });
}

const invalidRequest = (message: string): OAuthError => new OAuthError('invalid_request', message);
