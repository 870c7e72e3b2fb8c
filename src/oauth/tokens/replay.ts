import { prefixedId } from '../../store/prefixed-id.ts';
import { revokeReplayed } from '../../store/token-family.ts';
import { OAuthError } from '../error.ts';
import type { TokenRequest } from '../grant.ts';

/** The authorization of the replayed code or token. */
interface ReplayedAuthorization {
  readonly authorization_id: string;
  readonly user_id: string;
}

const MESSAGES = {
  'code.replayed': { log: 'code replayed, its tokens were revoked', error: 'The code was already used.' },
  'refresh_token.replayed': {
    log: 'refresh token replayed, its token family was revoked',
    error: 'The refresh token was already used.',
  },
} as const;

/**
 * RFC 6749 §4.1.2, RFC 9700 §4.14.2: a code or token that is used twice may have been stolen. Revokes its whole family, logs a
 * warning the first time, and returns the error to throw.
 */
export async function replayed(
  { sql, log, client, now, origin }: TokenRequest,
  kind: keyof typeof MESSAGES,
  { authorization_id, user_id }: ReplayedAuthorization,
): Promise<OAuthError> {
  const messages = MESSAGES[kind];
  const first = await revokeReplayed(sql, authorization_id, kind, now, origin);
  const { ip, requestId } = origin;
  const fields = { client: client.clientId, family: authorization_id, user: prefixedId('usr', user_id), ip, requestId };
  if (first) log.warn(fields, messages.log);
  return new OAuthError('invalid_grant', messages.error);
}
