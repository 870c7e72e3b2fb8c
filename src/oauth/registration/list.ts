import { type Page, pagedList, readPage } from '../../store/connection/keyset.ts';
import { type Sql, statement } from '../../store/connection/sql.ts';

/** A client as the API shows it. */
export interface RegisteredClient {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly clientUri: string | null;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri: string | null;
  readonly scopes: readonly string[];
  readonly defaultScopes: readonly string[];
  readonly tokenEndpointAuthMethod: string | null;
  readonly idTokenSignedResponseAlg: string;
  readonly jwks: Record<string, unknown> | null;
  readonly requirePkce: boolean;
  readonly redirectUriOptional: boolean;
  readonly accessTokenTtl: number | null;
  readonly resources: readonly string[];
  readonly accessTokenFormat: string;
  readonly consent: string;
  readonly servicePermissions: readonly string[];
  readonly disabled: boolean;
  readonly builtIn: boolean;
  readonly createdAt: Date;
  readonly ownerId: string | null;
}

/** All that is ever shown of a secret after it was made. */
export interface RegisteredSecret {
  readonly id: string;
  readonly parent: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

const CLIENT = `
  c.id, c.client_id AS "clientId", c.name, c.client_uri AS "clientUri", c.grant_types AS "grantTypes",
  c.redirect_uris AS "redirectUris", c.post_logout_redirect_uris AS "postLogoutRedirectUris",
  c.backchannel_logout_uri AS "backchannelLogoutUri", c.scopes, c.default_scopes AS "defaultScopes",
  c.token_endpoint_auth_method AS "tokenEndpointAuthMethod", c.jwks, c.require_pkce AS "requirePkce",
  c.id_token_signed_response_alg AS "idTokenSignedResponseAlg",
  c.redirect_uri_optional AS "redirectUriOptional", c.access_token_ttl AS "accessTokenTtl", c.resources,
  c.access_token_format AS "accessTokenFormat", c.consent,
  c.service_permissions AS "servicePermissions", c.disabled, c.built_in AS "builtIn", c.created_at AS "createdAt",
  c.owner_id AS "ownerId"`;

const selectClients = statement<RegisteredClient>(
  'find-registered-clients',
  `SELECT ${CLIENT} FROM clients c WHERE c.id = ANY($1::uuid[])`,
);

const selectByClientId = statement<RegisteredClient>(
  'find-registered-client',
  `SELECT ${CLIENT} FROM clients c WHERE c.client_id = $1`,
);

const selectSecrets = statement<RegisteredSecret>(
  'find-registered-secrets',
  `SELECT s.id, s.client_id AS parent, s.label, s.created_at AS "createdAt", s.expires_at AS "expiresAt",
          s.last_used_at AS "lastUsedAt"
   FROM client_secrets s WHERE s.client_id = ANY($1::uuid[]) AND (s.expires_at IS NULL OR s.expires_at > $2)
   ORDER BY s.created_at, s.id`,
);

const everybodys = pagedList<RegisteredClient>(
  'list-clients',
  'c.created_at',
  'c.id',
  ({ window, cut }) => `SELECT ${CLIENT} FROM clients c WHERE ${window} ${cut}`,
);

const ones = pagedList<RegisteredClient>(
  'list-own-clients',
  'c.created_at',
  'c.id',
  ({ window, cut }) => `SELECT ${CLIENT} FROM clients c WHERE c.owner_id = $6::uuid AND ${window} ${cut}`,
);

export const findRegisteredClients = (sql: Sql, ids: readonly string[]): Promise<RegisteredClient[]> =>
  sql(selectClients, [ids]);

export async function findRegisteredClient(sql: Sql, clientId: string): Promise<RegisteredClient | undefined> {
  return (await sql(selectByClientId, [clientId]))[0];
}

/** Everybody's clients, or one person's. */
export const listClients = (sql: Sql, page: Page, ownerId: string | undefined): Promise<RegisteredClient[]> =>
  ownerId === undefined ? readPage(sql, everybodys, page) : readPage(sql, ones, page, [ownerId]);

/** The secrets that are still good, of many clients at once. */
export const listSecrets = (sql: Sql, clientIds: readonly string[], now: Date): Promise<RegisteredSecret[]> =>
  sql(selectSecrets, [clientIds, now]);
