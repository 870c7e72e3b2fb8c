import type { Actor } from '../../directory/actor.ts';
import { forbidden } from '../../directory/error.ts';
import { holds, isPermission, type Permission } from '../../directory/permissions.ts';
import type { Em } from '../../store/connection/orm.ts';
import type { Client } from '../../store/entities/client.ts';
import { ClientSecret } from '../../store/entities/client-secret.ts';
import { Consent } from '../../store/entities/consent.ts';
import type { ResponseType } from '../authorize/response-types.ts';
import type { SigningAlgorithm } from '../keys/signing-algorithm.ts';
import type { GrantType } from '../tokens/grants/grants.ts';
import { requireRights } from './authority.ts';
import { columns, knownScopes, recordClient } from './columns.ts';
import {
  type AccessTokenFormat,
  type AuthMethod,
  type ClientMetadata,
  type ConsentMode,
  checkMetadata,
  checkResponseTypes,
  hasSecret,
  readScope,
} from './metadata.ts';
import { lockOwnClient } from './secrets.ts';

/** What is undefined stays as it is; null takes away what a client can be without, and counts as undefined elsewhere. */
export interface ClientChanges {
  readonly name?: string | null | undefined;
  readonly clientUri?: string | null | undefined;
  readonly grantTypes?: readonly GrantType[] | null | undefined;
  readonly redirectUris?: readonly string[] | null | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | null | undefined;
  readonly backchannelLogoutUri?: string | null | undefined;
  readonly responseTypes?: readonly ResponseType[] | null | undefined;
  readonly scope?: string | null | undefined;
  readonly defaultScopes?: readonly string[] | null | undefined;
  readonly tokenEndpointAuthMethod?: AuthMethod | null | undefined;
  readonly idTokenSignedResponseAlg?: SigningAlgorithm | null | undefined;
  readonly jwks?: Readonly<Record<string, unknown>> | null | undefined;
  readonly requirePkce?: boolean | null | undefined;
  readonly redirectUriOptional?: boolean | null | undefined;
  readonly accessTokenTtl?: number | null | undefined;
  readonly resources?: readonly string[] | null | undefined;
  readonly accessTokenFormat?: AccessTokenFormat | null | undefined;
  readonly consent?: ConsentMode | null | undefined;
  readonly servicePermissions?: readonly Permission[] | null | undefined;
  readonly disabled?: boolean | null | undefined;
}

/** Changes a client. A new face, address or way to prove itself makes it another one for those who trusted it. */
export async function updateClient(em: Em, actor: Actor, clientId: string, changes: ClientChanges): Promise<Client> {
  const known = await knownScopes(em);
  // Somebody who manages clients may have switched it off for a reason.
  if (changes.disabled != null && !holds(actor.caller, 'MANAGE_CLIENTS')) throw forbidden();

  return em.transactional(async (tx) => {
    const client = await lockOwnClient(tx, actor, clientId);
    const before = metadataOf(client);
    checkResponseTypes(changes.responseTypes, changes.grantTypes ?? before.grantTypes);
    const after = checkMetadata(merge(before, changes), known);
    requireRights(actor, after);

    const { name, redirectUris, tokenEndpointAuthMethod } = after;
    const another =
      name !== before.name ||
      tokenEndpointAuthMethod !== before.tokenEndpointAuthMethod ||
      redirectUris.join('\n') !== before.redirectUris.join('\n');
    if (another) await tx.nativeDelete(Consent, { client });
    if (!hasSecret(after)) await tx.nativeDelete(ClientSecret, { client });

    copy(client, after);
    if (changes.disabled != null) client.disabled = changes.disabled;
    const changed = Object.entries(changes).filter(([, value]) => value !== undefined);
    recordClient(tx, actor, 'client.updated', client, { changed: changed.map(([field]) => field) });
    return client;
  });
}

/** Deletes a client with everything that was issued to it. */
export async function deleteClient(em: Em, actor: Actor, clientId: string): Promise<void> {
  await em.transactional(async (tx) => {
    const client = await lockOwnClient(tx, actor, clientId);
    tx.remove(client);
    recordClient(tx, actor, 'client.deleted', client, {});
  });
}

function metadataOf(client: Client): ClientMetadata {
  return {
    name: client.name,
    clientUri: client.clientUri ?? null,
    grantTypes: client.grantTypes as GrantType[],
    redirectUris: client.redirectUris,
    postLogoutRedirectUris: client.postLogoutRedirectUris,
    backchannelLogoutUri: client.backchannelLogoutUri ?? null,
    scopes: client.scopes,
    defaultScopes: client.defaultScopes,
    tokenEndpointAuthMethod: (client.tokenEndpointAuthMethod ?? null) as AuthMethod | null,
    idTokenSignedResponseAlg: client.idTokenSignedResponseAlg as SigningAlgorithm,
    jwks: client.jwks ? { ...client.jwks } : null,
    requirePkce: client.requirePkce,
    redirectUriOptional: client.redirectUriOptional,
    accessTokenTtl: client.accessTokenTtl ?? null,
    resources: client.resources,
    accessTokenFormat: client.accessTokenFormat,
    consent: client.consent,
    servicePermissions: client.servicePermissions.filter(isPermission),
  };
}

function merge(before: ClientMetadata, changes: ClientChanges): ClientMetadata {
  const scopes = changes.scope == null ? before.scopes : readScope(changes.scope);
  const orNull = <T>(change: T | undefined, value: T): T => (change === undefined ? value : change);
  const method = orNull(changes.tokenEndpointAuthMethod, before.tokenEndpointAuthMethod);
  return {
    name: changes.name ?? before.name,
    clientUri: orNull(changes.clientUri, before.clientUri),
    grantTypes: changes.grantTypes ?? before.grantTypes,
    redirectUris: changes.redirectUris ?? before.redirectUris,
    postLogoutRedirectUris: changes.postLogoutRedirectUris ?? before.postLogoutRedirectUris,
    backchannelLogoutUri: orNull(changes.backchannelLogoutUri, before.backchannelLogoutUri),
    scopes,
    // A scope that is taken away is no default either.
    defaultScopes: changes.defaultScopes ?? before.defaultScopes.filter((scope) => scopes.includes(scope)),
    idTokenSignedResponseAlg: changes.idTokenSignedResponseAlg ?? before.idTokenSignedResponseAlg,
    tokenEndpointAuthMethod: method,
    // Keys go with the method that uses them.
    jwks: method === 'private_key_jwt' ? orNull(changes.jwks, before.jwks) : (changes.jwks ?? null),
    requirePkce: changes.requirePkce ?? before.requirePkce,
    redirectUriOptional: changes.redirectUriOptional ?? before.redirectUriOptional,
    accessTokenTtl: orNull(changes.accessTokenTtl, before.accessTokenTtl),
    resources: changes.resources ?? before.resources,
    accessTokenFormat: changes.accessTokenFormat ?? before.accessTokenFormat,
    consent: changes.consent ?? before.consent,
    servicePermissions: changes.servicePermissions ?? before.servicePermissions,
  };
}

function copy(client: Client, metadata: ClientMetadata): void {
  const row = columns(metadata);
  client.name = row.name;
  client.clientUri = row.clientUri;
  client.grantTypes = row.grantTypes;
  client.redirectUris = row.redirectUris;
  client.webOrigins = row.webOrigins;
  client.postLogoutRedirectUris = row.postLogoutRedirectUris;
  client.backchannelLogoutUri = row.backchannelLogoutUri;
  client.scopes = row.scopes;
  client.defaultScopes = row.defaultScopes;
  client.tokenEndpointAuthMethod = row.tokenEndpointAuthMethod;
  client.idTokenSignedResponseAlg = row.idTokenSignedResponseAlg;
  client.jwks = row.jwks;
  client.requirePkce = row.requirePkce;
  client.redirectUriOptional = row.redirectUriOptional;
  client.accessTokenTtl = row.accessTokenTtl;
  client.resources = row.resources;
  client.accessTokenFormat = row.accessTokenFormat;
  client.consent = row.consent;
  client.servicePermissions = row.servicePermissions;
}
