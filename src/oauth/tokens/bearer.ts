import type { Caller } from '../../directory/permissions.ts';
import { holdings } from '../../directory/permissions.ts';
import { batched, inOrder } from '../../store/connection/shared-statement.ts';
import { type Sql, statement } from '../../store/connection/sql.ts';
import { OAuthError } from '../error.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { isValidForResource } from '../resource.ts';
import { stillAllowed } from '../scopes/scope.ts';
import { presentedDigest } from './access-token.ts';

/** A valid access token with the current permissions of its user or client. */
export interface AccessToken {
  readonly id: string;
  /** The browser session in which the user consented, if there was one. */
  readonly sessionId: string | undefined;
  readonly authorizationId: string;
  /** The granted scopes that the client may still request. */
  readonly scopes: ReadonlySet<string>;
  /** RFC 8707: the APIs for which it is valid. Empty: it is valid for every API. */
  readonly resources: readonly string[];
  readonly expiresAt: Date;
  readonly client: {
    /** The row's uuid. */
    readonly id: string;
    /** The OAuth client_id. */
    readonly clientId: string;
    /** True if the client also gets an email address that only its user has claimed. */
    readonly unverifiedEmail: boolean;
    /** The scopes that it may request at the authorization endpoint. Empty if it is not registered for authorization_code. */
    readonly requestableScopes: readonly string[];
  };
  /** Undefined for client_credentials. */
  readonly user: { readonly id: string; readonly username: string } | undefined;
  readonly caller: Caller;
}

interface Row {
  /** The position of the key in the query, from 1. */
  n: number;
  id: string;
  session_id: string | null;
  authorization_id: string;
  scopes: string[];
  resources: string[];
  expires_at: Date;
  client_row_id: string;
  client_id: string;
  unverified_email: boolean;
  /** The scopes that the client may request at this moment. */
  allowed: string[];
  has_codes: boolean;
  service_permissions: string[];
  user_id: string | null;
  username: string | null;
  superuser: boolean | null;
  group_permissions: string[];
}

/**
 * Excludes revoked tokens and authorizations, and disabled clients and users, so that a revocation takes effect at once on every
 * node. The caller checks the expiry, because each request has its own time.
 */
const selectUnrevoked = (name: string, key: 'digest' | 'id', type: 'bytea' | 'uuid') =>
  statement<Row>(
    name,
    `SELECT d.n::int, t.id, a.session_id, a.id AS authorization_id, t.scopes, t.resources, t.expires_at,
          c.id AS client_row_id, c.client_id, c.unverified_email, c.service_permissions,
          c.scopes AS allowed, 'authorization_code' = ANY(c.grant_types) AS has_codes,
          u.id AS user_id, u.username, u.superuser,
          ARRAY(SELECT DISTINCT unnest(g.permissions)
                FROM group_members m JOIN groups g ON g.id = m.group_id WHERE m.user_id = u.id) AS group_permissions
   FROM unnest($1::${type}[]) WITH ORDINALITY AS d (key, n)
   JOIN access_tokens t ON t.${key} = d.key
   JOIN authorizations a ON a.id = t.authorization_id
   JOIN clients c ON c.id = a.client_id
   LEFT JOIN users u ON u.id = a.user_id
   WHERE t.revoked_at IS NULL AND a.revoked_at IS NULL AND NOT c.disabled AND (a.user_id IS NULL OR NOT u.disabled)
     AND (c.tokens_since IS NULL OR a.created_at > c.tokens_since)`,
  );

const byDigest = selectUnrevoked('find-access-tokens', 'digest', 'bytea');
const byId = selectUnrevoked('recheck-access-tokens', 'id', 'uuid');

const findAccessToken = batched(async (sql: Sql, digests: readonly Buffer[]) =>
  inOrder(digests.length, await sql(byDigest, [digests])),
);

/** RFC 6750 §2.1: the token of an Authorization header; undefined without one or for another scheme. */
export function bearerToken(header: string | undefined): string | undefined {
  const match = header === undefined ? null : /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header);
  if (header !== undefined && !match && /^bearer\b/i.test(header))
    throw new OAuthError('invalid_token', 'The access token is malformed.');
  return match?.[1];
}

/** RFC 6750 §3.1: one error for malformed, unknown, expired and revoked tokens, and those for another API than `resource`. */
export async function authenticateBearer(
  request: Pick<OAuthRequest, 'sql' | 'config' | 'signingKeys' | 'now'>,
  token: string,
  resource: string,
): Promise<AccessToken> {
  const presented = await presentedDigest(request, token);
  const row = presented && (await findAccessToken(request.sql, presented));
  if (!row || row.expires_at <= request.now || !isValidForResource(row.resources, request.config.issuer, resource))
    throw new OAuthError('invalid_token', 'The access token is unknown, expired, revoked or meant for another API.');
  return toAccessToken(row);
}

/** Loads tokens again by their row ids. Revoked and expired ones are missing from the result. */
export async function recheckTokens(
  sql: Sql,
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, AccessToken>> {
  const rows = await sql(byId, [[...new Set(ids)]]);
  return new Map(rows.filter((row) => row.expires_at > now).map((row) => [row.id, toAccessToken(row)]));
}

function toAccessToken(row: Row): AccessToken {
  const service = row.user_id === null;
  const held = service
    ? holdings(false, row.service_permissions)
    : holdings(row.superuser === true, ['READ_DIRECTORY', ...row.group_permissions]);
  const scopes = new Set(stillAllowed(row.scopes, row.allowed));
  return {
    id: row.id,
    sessionId: row.session_id ?? undefined,
    authorizationId: row.authorization_id,
    scopes,
    resources: row.resources,
    expiresAt: row.expires_at,
    client: {
      unverifiedEmail: row.unverified_email,
      id: row.client_row_id,
      clientId: row.client_id,
      requestableScopes: row.has_codes ? row.allowed : [],
    },
    user: row.user_id !== null && row.username !== null ? { id: row.user_id, username: row.username } : undefined,
    caller: { ...held, userId: row.user_id ?? undefined, clientId: row.client_row_id, scopes },
  };
}
