import { type Sql, statement } from '../store/sql.ts';

/** RFC 6749 §2: a registered client, as the protocol needs it. */
export interface Client {
  /** The row's uuid; `clientId` is what the protocol calls client_id. */
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly clientUri: string | undefined;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly defaultScopes: readonly string[];
  /** Undefined: Basic or body, whichever comes. */
  readonly tokenEndpointAuthMethod: string | undefined;
  readonly requirePkce: boolean;
  readonly redirectUriOptional: boolean;
  /** Seconds. */
  readonly accessTokenTtl: number | undefined;
  readonly asksEveryTime: boolean;
  readonly servicePermissions: readonly string[];
  readonly builtIn: boolean;
  /** Who registered it, if that was somebody whose word does not vouch for it. */
  readonly uncheckedOwner: string | undefined;
  readonly secrets: readonly ClientSecret[];
}

interface ClientSecret {
  readonly id: string;
  readonly digest: Buffer;
  /** No longer accepted; known only to tell the operator that it is still being sent. */
  readonly expired: boolean;
  readonly lastUsedAt: Date | undefined;
}

interface Row {
  id: string;
  client_id: string;
  name: string;
  client_uri: string | null;
  grant_types: string[];
  redirect_uris: string[];
  scopes: string[];
  default_scopes: string[];
  token_endpoint_auth_method: string | null;
  require_pkce: boolean;
  redirect_uri_optional: boolean;
  access_token_ttl: number | null;
  consent: string;
  service_permissions: string[];
  built_in: boolean;
  unchecked_owner: string | null;
  secrets: { id: string; digest: string; expired: boolean; last_used_at: string | null }[];
}

const selectClient = `
  SELECT c.id, c.client_id, c.name, c.client_uri, c.grant_types, c.redirect_uris, c.scopes, c.default_scopes,
         c.token_endpoint_auth_method, c.require_pkce, c.redirect_uri_optional, c.access_token_ttl, c.consent,
         c.service_permissions, c.built_in,
         (SELECT u.username FROM users u WHERE u.id = c.owner_id AND NOT u.superuser AND NOT EXISTS (
            SELECT FROM group_members m JOIN groups g ON g.id = m.group_id
            WHERE m.user_id = u.id AND 'MANAGE_CLIENTS' = ANY (g.permissions))) AS unchecked_owner,
         (SELECT coalesce(jsonb_agg(jsonb_build_object(
             'id', s.id, 'digest', encode(s.digest, 'hex'),
             'expired', coalesce(s.expires_at <= $2, false), 'last_used_at', s.last_used_at)), '[]')
          FROM client_secrets s
          WHERE s.client_id = c.id) AS secrets
  FROM clients c`;

/** An unknown id is answered with the row of the client that every database has: so it takes no less time than a known one. */
const byClientId = statement<Row>(
  'find-client',
  `${selectClient} WHERE c.id = coalesce(
     (SELECT id FROM clients WHERE client_id = $1 AND NOT disabled), '019a0000-0000-7000-8000-000000000001')
   AND NOT c.disabled`,
);
const byRow = statement<Row>('find-client-by-row', `${selectClient} WHERE c.id = $1 AND NOT c.disabled`);

/** RFC 6749 App. A.1: VSCHAR. Anything else is nobody's client_id and need not be looked up. */
const CLIENT_ID = /^[\x20-\x7e]{1,255}$/;

/** The enabled client of that client_id, with its secrets. */
export async function findClient(sql: Sql, issuer: string, clientId: string, now: Date): Promise<Client | undefined> {
  const [row] = CLIENT_ID.test(clientId) ? await sql(byClientId, [clientId, now]) : [];
  const client = row && toClient(row, issuer);
  return client?.clientId === clientId ? client : undefined;
}

/** The same by the row's uuid, for a stored authorization request. */
export async function findClientOfRow(sql: Sql, issuer: string, id: string, now: Date): Promise<Client | undefined> {
  const [row] = await sql(byRow, [id, now]);
  return row && toClient(row, issuer);
}

function toClient(row: Row, issuer: string): Client {
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    clientUri: row.client_uri ?? undefined,
    grantTypes: row.grant_types,
    redirectUris: row.redirect_uris.map((uri) => (uri.startsWith('/') ? issuer + uri : uri)),
    scopes: row.scopes,
    defaultScopes: row.default_scopes,
    tokenEndpointAuthMethod: row.token_endpoint_auth_method ?? undefined,
    requirePkce: row.require_pkce,
    redirectUriOptional: row.redirect_uri_optional,
    accessTokenTtl: row.access_token_ttl ?? undefined,
    asksEveryTime: row.consent === 'ALWAYS',
    servicePermissions: row.service_permissions,
    builtIn: row.built_in,
    uncheckedOwner: row.unchecked_owner ?? undefined,
    secrets: row.secrets.map((secret) => ({
      id: secret.id,
      digest: Buffer.from(secret.digest, 'hex'),
      expired: secret.expired,
      lastUsedAt: secret.last_used_at === null ? undefined : new Date(secret.last_used_at),
    })),
  };
}

/** RFC 6749 §2.1 */
export const isPublic = (client: Client): boolean => client.tokenEndpointAuthMethod === 'none';
