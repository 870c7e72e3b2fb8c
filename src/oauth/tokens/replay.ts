import { prefixedId } from '../../store/prefixed-id.ts';
import { revokeReplayed } from '../../store/token-family.ts';
import { OAuthError } from '../error.ts';
import type { TokenRequest } from '../grant.ts';

/** The approval from which the secret descends that came twice. */
interface Descent {
  readonly authorization_id: string;
  readonly user_id: string;
}

const TOLD = {
  'code.replayed': ['a code was replayed: all that it bought is revoked', 'The code was already used.'],
  'refresh_token.replayed': [
    'a refresh token was replayed: its family is revoked',
    'The refresh token was already used.',
  ],
} as const;

/** RFC 6749 §4.1.2, RFC 9700 §4.14.2: what is used twice may be in a thief's hands, so its whole family dies, and operators are told. */
export async function replayed(
  { sql, log, client, now, origin }: TokenRequest,
  kind: keyof typeof TOLD,
  { authorization_id, user_id }: Descent,
): Promise<OAuthError> {
  const [forOperators, forClients] = TOLD[kind];
  const first = await revokeReplayed(sql, authorization_id, kind, now, origin);
  const about = { client: client.clientId, family: authorization_id, user: prefixedId('usr', user_id), ...origin };
  if (first) log.warn(about, forOperators);
  return new OAuthError('invalid_grant', forClients);
}
