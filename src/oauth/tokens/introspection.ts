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
  /** RFC 8707: left out, no limit was asked for. */
  readonly aud?: readonly string[];
}

interface Row {
  /** Which of the digests asked for. */
  n: number;
  client_row_id: string;
  client_id: string;
  scopes: string[];
  /** Those of the client at this moment. */
  allowed: string[];
  resources: string[];
  created_at: Date;
  expires_at: Date;
  authorization_expires_at: Date;
  user_id: string | null;
  username: string | null;
}

const introspect = (kind: string, table: string, scopes: string, alive: string) => {
  const query = statement<Row>(
    `introspect-${kind}-tokens`,
    `SELECT d.n::int, c.id AS client_row_id, c.client_id, c.scopes AS allowed, t.created_at, t.expires_at, a.expires_at AS authorization_expires_at,
            u.id AS user_id, u.username, ${scopes}
     FROM unnest($1::bytea[]) WITH ORDINALITY AS d (digest, n)
     JOIN ${table} t ON t.digest = d.digest
     JOIN authorizations a ON a.id = t.authorization_id
     JOIN clients c ON c.id = a.client_id
     LEFT JOIN users u ON u.id = a.user_id
     WHERE a.revoked_at IS NULL AND NOT c.disabled AND (a.user_id IS NULL OR NOT u.disabled) AND ${alive}`,
  );
  return batched(async (sql: Sql, digests: readonly Buffer[]) => inOrder(digests.length, await sql(query, [digests])));
};

const introspectAccess = introspect('access', 'access_tokens', 't.scopes, t.resources', 't.revoked_at IS NULL');
const introspectRefresh = introspect('refresh', 'refresh_tokens', 'a.scopes, a.resources', 't.used_at IS NULL');

/** RFC 7662 §2: a confidential client sees its own tokens, one with INTROSPECT sees all; for everything else there is one answer. */
export async function introspectToken(
  request: OAuthRequest,
  header: string | undefined,
  params: Params,
): Promise<Introspection> {
  // Begun before the client is known, so that it takes no time of its own; nobody else gets to see what was found.
  const presented = lookUpOpaque(request, params.get('token')?.[0] ?? '');
  const client = await authenticateClient(request, header, params);
  // §2.1: the endpoint must not serve for guessing tokens.
  if (isPublic(client)) throw new OAuthError('invalid_client', 'Client authentication failed.');

  const token = required(params, 'token');
  const row = await (presented ?? lookUpJwt(request, token));
  if (
    !row ||
    !isAlive(row, request.now) ||
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
    // RFC 9068 §2.2: a client that acts for itself is its own subject.
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

/** A secret of ours, by its digest; undefined for all else. */
function lookUpOpaque({ sql }: OAuthRequest, token: string): Found | undefined {
  const [, lookUp] = OPAQUE.find(([kind]) => isWellFormed(kind, token)) ?? [];
  const found = lookUp?.(sql, digest(token));
  // If the client is refused nobody awaits it.
  found?.catch(() => {});
  return found;
}

async function lookUpJwt(request: OAuthRequest, token: string): Found {
  const presented = await presentedDigest(request, token);
  return presented && introspectAccess(request.sql, presented);
}

const isAlive = (row: Row, now: Date): boolean => row.expires_at > now && row.authorization_expires_at > now;
