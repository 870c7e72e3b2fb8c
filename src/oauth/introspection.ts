import { digest, isWellFormed } from '../secrets.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import { type Sql, statement } from '../store/sql.ts';
import { isPublic } from './client.ts';
import { authenticateClient } from './client-authentication.ts';
import { OAuthError } from './error.ts';
import type { OAuthRequest } from './oauth-request.ts';
import { type Params, required } from './params.ts';

/** RFC 7662 §2.2 */
export type Introspection = { readonly active: false } | ActiveToken;

interface ActiveToken {
  readonly active: true;
  readonly scope: string;
  readonly client_id: string;
  readonly username?: string;
  readonly token_type?: 'Bearer';
  readonly exp: number;
  readonly iat: number;
  readonly sub: string;
  readonly iss: string;
}

interface Row {
  client: string;
  client_id: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date;
  user_id: string | null;
  username: string | null;
}

const ALIVE = `
  JOIN authorizations a ON a.id = t.authorization_id
  JOIN clients c ON c.id = a.client_id
  LEFT JOIN users u ON u.id = a.user_id
  WHERE t.digest = $1 AND t.expires_at > $2 AND a.revoked_at IS NULL AND NOT c.disabled
    AND (a.user_id IS NULL OR NOT u.disabled)`;

const COLUMNS = 'c.id AS client, c.client_id, t.created_at, t.expires_at, u.id AS user_id, u.username';

const introspectAccess = statement<Row>(
  'introspect-access-token',
  `SELECT ${COLUMNS}, t.scopes FROM access_tokens t ${ALIVE} AND t.revoked_at IS NULL`,
);
const introspectRefresh = statement<Row>(
  'introspect-refresh-token',
  `SELECT ${COLUMNS}, a.scopes FROM refresh_tokens t ${ALIVE} AND t.used_at IS NULL AND a.expires_at > $2`,
);

/** RFC 7662 §2: a confidential client sees its own tokens, one with INTROSPECT sees all; for everything else there is one answer. */
export async function introspectToken(
  request: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<Introspection> {
  const client = await authenticateClient(request, header, params);
  // §2.1: the endpoint must not serve for guessing tokens.
  if (isPublic(client)) throw new OAuthError('invalid_client', 'Client authentication failed.');

  const token = required(params, 'token');
  const row = await find(request.sql, token, request.now);
  if (!row || (row.client !== client.id && !client.servicePermissions.includes('INTROSPECT'))) return { active: false };
  return {
    active: true,
    scope: row.scopes.join(' '),
    client_id: row.client_id,
    ...(row.username !== null && { username: row.username }),
    ...(token.startsWith('gat') && { token_type: 'Bearer' as const }),
    exp: Math.floor(row.expires_at.getTime() / 1000),
    iat: Math.floor(row.created_at.getTime() / 1000),
    // RFC 9068 §2.2: a client that acts for itself is its own subject.
    sub: row.user_id === null ? row.client_id : prefixedId('usr', row.user_id),
    iss: request.config.issuer,
  };
}

async function find(sql: Sql, token: string, now: Date): Promise<Row | undefined> {
  const query = isWellFormed('gat', token)
    ? introspectAccess
    : isWellFormed('grt', token)
      ? introspectRefresh
      : undefined;
  return query && (await sql(query, [digest(token), now]))[0];
}
