import { digest, isWellFormed } from '../../crypto/secrets.ts';
import { revoke } from '../../store/revoke-tokens.ts';
import { isPublic } from '../clients/client.ts';
import { authenticateClient } from '../clients/client-authentication.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { type Params, required } from '../params.ts';
import { presentedDigest } from './access-token.ts';

/** RFC 7009 §2: revokes a token of the client. The prefix of a token shows its type, so token_type_hint is not needed. */
export async function revokeByClient(request: OAuthRequest, header: string | undefined, params: Params): Promise<void> {
  const client = await authenticateClient(request, header, params);
  const token = required(params, 'token');
  const kind = isWellFormed('grt', token) ? 'refresh' : 'access';
  const presented = kind === 'refresh' ? digest(token) : await presentedDigest(request, token);
  // §2.2: an invalid token is not an error.
  if (presented === undefined) return;

  const found = await revoke(request.sql, kind, presented, client.id, request.now, request.origin);
  // §2.1: anyone can use the client_id of a public client, so this error would show them which tokens exist.
  if (found && !found.own && !isPublic(client))
    throw new OAuthError('unauthorized_client', 'The token was issued to another client.');
}
