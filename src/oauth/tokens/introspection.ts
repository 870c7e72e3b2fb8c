import { digest, isWellFormed } from '../../crypto/secrets.ts';
import { batched, inOrder } from '../../store/connection/shared-statement.ts';
import { type Sql, statement } from '../../store/connection/sql.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { isPublic } from '../clients/client.ts';
import { authenticateClient } from '../clients/client-authentication.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { type Params, required } from '../params.ts';
import { stillAllowed } from '../scopes/scope.ts';
import { presentedDigest } from './access-token.ts';

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
  /** RFC 8707. Omitted if the token request named no resource. */
  readonly aud?: readonly string[];
}

interface Row {
  /** The position of the digest in the query, from 1. */
  n: number;
  client_row_id: string;
  client_id: string;
  scopes: string[];
  /** The scopes for which the client is registered now. */
  allowed: string[];
  resources: string[];
  created_at: Date;
  expires_at: Date;
  authorization_expires_at: Date;
  user_id: string | null;
  username: string | null;
}

const introspect = (kind: string, table: string, scopes: string, condition: string) => {
  const query = statement<Row>(
    `introspect-${kind}-tokens`,
    `SELECT d.n::int, c.id AS client_row_id, c.client_id, c.scopes AS allowed, t.created_at, t.expires_at, a.expires_at AS authorization_expires_at,
            u.id AS user_id, u.username, ${scopes}
     FROM unnest($1::bytea[]) WITH ORDINALITY AS d (digest, n)
     JOIN ${table} t ON t.digest = d.digest
     JOIN authorizations a ON a.id = t.authorization_id
     JOIN clients c ON c.id = a.client_id
     LEFT JOIN users u ON u.id = a.user_id
     WHERE a.revoked_at IS NULL AND NOT c.disabled AND (a.user_id IS NULL OR NOT u.disabled)
       AND (c.tokens_since IS NULL OR a.created_at > c.tokens_since) AND ${condition}`,
  );
  return batched(async (sql: Sql, digests: readonly Buffer[]) => inOrder(digests.length, await sql(query, [digests])));
};

const introspectAccess = introspect('access', 'access_tokens', 't.scopes, t.resources', 't.revoked_at IS NULL');
const introspectRefresh = introspect('refresh', 'refresh_tokens', 'a.scopes, a.resources', 't.used_at IS NULL');

/** RFC 7662 §2: a client can introspect its own tokens, and with INTROSPECT all tokens. Others are reported as inactive. */
export async function introspectToken(
  request: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<Introspection> {
  // Starts before the client is authenticated, to save time. The result is used only after that.
  const presented = lookUpOpaque(request, params.get('token')?.[0] ?? '');
  const client = await authenticateClient(request, header, params);
  // §2.1: without authentication, the endpoint could be used to guess tokens.
  if (isPublic(client)) throw new OAuthError('invalid_client', 'Client authentication failed.');

  const token = required(params, 'token');
  const row = await (presented ?? lookUpJwt(request, token));
  if (
    !row ||
    hasExpired(row, request.now) ||
    (row.client_row_id !== client.id && !client.servicePermissions.includes('INTROSPECT'))
  )
    return { active: false };
  return {
    active: true,
    scope: stillAllowed(row.scopes, row.allowed).join(' '),
    client_id: row.client_id,
    ...(row.username !== null && { username: row.username }),
    ...(!token.startsWith('grt') && { token_type: 'Bearer' as const }),
    exp: Math.floor(row.expires_at.getTime() / 1000),
    iat: Math.floor(row.created_at.getTime() / 1000),
    // RFC 9068 §2.2: without a user, the client is the subject.
    sub: row.user_id === null ? row.client_id : prefixedId('usr', row.user_id),
    iss: request.config.issuer,
    ...(row.resources.length > 0 && { aud: row.resources }),
  };
}

type Found = Promise<Row | undefined>;

const OPAQUE = [
  ['gat', introspectAccess],
  ['grt', introspectRefresh],
] as const;

/** Starts the look-up of an opaque token. Undefined if the token is not one. */
function lookUpOpaque({ sql }: OAuthRequest, token: string): Found | undefined {
  const [, lookUp] = OPAQUE.find(([kind]) => isWellFormed(kind, token)) ?? [];
  const found = lookUp?.(sql, digest(token));
  // If client authentication fails, nothing awaits the look-up, and its error must not end the process.
  found?.catch(() => {});
  return found;
}

async function lookUpJwt(request: OAuthRequest, token: string): Found {
  const presented = await presentedDigest(request, token);
  return presented && introspectAccess(request.sql, presented);
}

const hasExpired = (row: Row, now: Date): boolean => row.expires_at <= now || row.authorization_expires_at <= now;
