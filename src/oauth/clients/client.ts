import { batched, inOrder } from '../../store/connection/shared-statement.ts';
import { type Sql, statement } from '../../store/connection/sql.ts';
import type { SigningAlgorithm } from '../keys/signing-algorithm.ts';

/** RFC 6749 §2: a registered client, with the attributes that the protocol needs. */
export interface Client {
  /** The UUID of the row. `clientId` is the client_id of the protocol. */
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly clientUri: string | undefined;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly applicationType: 'web' | 'native';
  readonly scopes: readonly string[];
  readonly defaultScopes: readonly string[];
  /** Undefined: the secret is accepted in the Authorization header or in the body. */
  readonly tokenEndpointAuthMethod: string | undefined;
  readonly idTokenSignedResponseAlg: SigningAlgorithm;
  /** Public keys for `private_key_jwt`. */
  readonly jwks: { readonly keys: readonly object[] } | undefined;
  readonly requirePkce: boolean;
  readonly redirectUriOptional: boolean;
  /** Seconds. */
  readonly accessTokenTtl: number | undefined;
  /** Seconds. */
  readonly refreshGrace: number | undefined;
  /** RFC 8707: the APIs that the client may request besides our own. */
  readonly resources: readonly string[];
  readonly accessTokenFormat: 'OPAQUE' | 'JWT';
  readonly alwaysAsksForConsent: boolean;
  readonly servicePermissions: readonly string[];
  /** True if the client also gets an email address that only its user has claimed. */
  readonly unverifiedEmail: boolean;
  readonly builtIn: boolean;
  /** Codes and tokens are invalid if their authorization is not newer than this. */
  readonly tokensSince: Date | undefined;
  /** The username of the owner, if they lack MANAGE_CLIENTS and no administrator has approved the client. */
  readonly uncheckedOwner: string | undefined;
  readonly secrets: readonly ClientSecret[];
}

interface ClientSecret {
  readonly id: string;
  readonly digest: Buffer;
  /** The secret is rejected after this time. It is kept so that the log can show that a client still sends it. */
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
}

interface Row {
  id: string;
  client_id: string;
  name: string;
  client_uri: string | null;
  grant_types: string[];
  redirect_uris: string[];
  application_type: 'web' | 'native';
  scopes: string[];
  default_scopes: string[];
  token_endpoint_auth_method: string | null;
  id_token_signed_response_alg: SigningAlgorithm;
  jwks: { keys: object[] } | null;
  require_pkce: boolean;
  redirect_uri_optional: boolean;
  access_token_ttl: number | null;
  refresh_grace: number | null;
  resources: string[];
  access_token_format: 'OPAQUE' | 'JWT';
  consent: string;
  service_permissions: string[];
  unverified_email: boolean;
  built_in: boolean;
  tokens_since: Date | null;
  unchecked_owner: string | null;
  secrets: { id: string; digest: string; expires_at: string | null; last_used_at: string | null }[];
}

/** The owner of the client `c`, unless an administrator is responsible for it. */
export const UNCHECKED_OWNER = `
  (SELECT u.username FROM users u WHERE u.id = c.owner_id AND c.approved_at IS NULL AND NOT u.superuser AND NOT EXISTS (
     SELECT FROM group_members m JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = u.id AND 'MANAGE_CLIENTS' = ANY (g.permissions))) AS unchecked_owner`;

const CLIENT = `
  c.id, c.client_id, c.name, c.client_uri, c.grant_types, c.redirect_uris, c.application_type, c.scopes, c.default_scopes,
  c.token_endpoint_auth_method, c.id_token_signed_response_alg, c.jwks, c.require_pkce,
  c.redirect_uri_optional, c.access_token_ttl, c.refresh_grace, c.resources, c.access_token_format, c.consent,
  c.service_permissions, c.unverified_email, c.built_in, c.tokens_since, ${UNCHECKED_OWNER},
  (SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', s.id, 'digest', encode(s.digest, 'hex'), 'expires_at', s.expires_at, 'last_used_at', s.last_used_at)), '[]')
   FROM client_secrets s
   WHERE s.client_id = c.id) AS secrets`;

/** For an unknown id the query returns the built-in client, so that it takes as long as for a known one. */
const byClientId = statement<Row & { n: number }>(
  'find-clients',
  `SELECT requested.n::int, ${CLIENT}
   FROM unnest($1::text[]) WITH ORDINALITY AS requested (client_id, n)
   LEFT JOIN clients known ON known.client_id = requested.client_id AND NOT known.disabled
   JOIN clients c ON c.id = coalesce(known.id, '019a0000-0000-7000-8000-000000000001')
   WHERE NOT c.disabled`,
);
const byRow = statement<Row>(
  'find-client-by-row',
  `SELECT ${CLIENT} FROM clients c WHERE c.id = $1 AND NOT c.disabled`,
);

interface LookUp {
  readonly clientId: string;
  readonly issuer: string;
}

/** Concurrent look-ups of the same client share one row. */
const lookUp = batched(async (sql: Sql, lookUps: readonly LookUp[]) => {
  const distinct = [...new Map(lookUps.map((one) => [one.clientId, one])).values()];
  const rows = inOrder(distinct.length, await sql(byClientId, [distinct.map(({ clientId }) => clientId)]));
  const clients = new Map(
    distinct.map(({ clientId, issuer }, index) => [clientId, rows[index] && toClient(rows[index], issuer)]),
  );
  return lookUps.map(({ clientId }) => clients.get(clientId));
});

/** RFC 6749 App. A.1: a client_id consists of VSCHAR. Other values need no look-up. */
export const isClientId = (text: string): boolean => /^[\x20-\x7e]{1,255}$/.test(text);

/** Finds the enabled client with that client_id. */
export async function findClient(sql: Sql, issuer: string, clientId: string): Promise<Client | undefined> {
  const client = isClientId(clientId) ? await lookUp(sql, { clientId, issuer }) : undefined;
  return client?.clientId === clientId ? client : undefined;
}

/** Finds an enabled client by the UUID of its row, for a pending authorization. */
export async function findClientByRowId(sql: Sql, issuer: string, id: string): Promise<Client | undefined> {
  const [row] = await sql(byRow, [id]);
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
    applicationType: row.application_type,
    scopes: row.scopes,
    defaultScopes: row.default_scopes,
    tokenEndpointAuthMethod: row.token_endpoint_auth_method ?? undefined,
    idTokenSignedResponseAlg: row.id_token_signed_response_alg,
    jwks: row.jwks ?? undefined,
    requirePkce: row.require_pkce,
    redirectUriOptional: row.redirect_uri_optional,
    accessTokenTtl: row.access_token_ttl ?? undefined,
    refreshGrace: row.refresh_grace ?? undefined,
    resources: row.resources,
    accessTokenFormat: row.access_token_format,
    alwaysAsksForConsent: row.consent === 'ALWAYS',
    servicePermissions: row.service_permissions,
    unverifiedEmail: row.unverified_email,
    builtIn: row.built_in,
    tokensSince: row.tokens_since ?? undefined,
    uncheckedOwner: row.unchecked_owner ?? undefined,
    secrets: row.secrets.map((secret) => ({
      id: secret.id,
      digest: Buffer.from(secret.digest, 'hex'),
      expiresAt: toDate(secret.expires_at),
      lastUsedAt: toDate(secret.last_used_at),
    })),
  };
}

const toDate = (text: string | null): Date | undefined => (text === null ? undefined : new Date(text));

/** RFC 6749 §2.1 */
export const isPublic = (client: Client): boolean => client.tokenEndpointAuthMethod === 'none';
