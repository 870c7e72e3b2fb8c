import type { Actor } from '../../directory/actor.ts';
import type { AuditKind } from '../../store/audit/record.ts';
import { recordInTransaction } from '../../store/audit/record-in-transaction.ts';
import type { Em } from '../../store/connection/orm.ts';
import type { Client } from '../../store/entities/client.ts';
import { Scope } from '../../store/entities/scope.ts';
import { webOriginsOf } from '../clients/web-origins.ts';
import { BUILT_IN_SCOPES } from '../scopes/scope.ts';
import type { ClientMetadata } from './metadata.ts';

/** Every scope that exists: ours, and the operator's own. */
export async function knownScopes(em: Em): Promise<ReadonlySet<string>> {
  const own = await em.findAll(Scope, { fields: ['name'] });
  return new Set<string>([...BUILT_IN_SCOPES, ...own.map(({ name }) => name)]);
}

/** The metadata as columns of the row, one by one. */
export function columns(metadata: ClientMetadata) {
  return {
    name: metadata.name,
    clientUri: metadata.clientUri,
    grantTypes: [...metadata.grantTypes],
    redirectUris: [...metadata.redirectUris],
    postLogoutRedirectUris: [...metadata.postLogoutRedirectUris],
    backchannelLogoutUri: metadata.backchannelLogoutUri,
    webOrigins: webOriginsOf(metadata.redirectUris),
    scopes: [...metadata.scopes],
    defaultScopes: [...metadata.defaultScopes],
    tokenEndpointAuthMethod: metadata.tokenEndpointAuthMethod,
    idTokenSignedResponseAlg: metadata.idTokenSignedResponseAlg,
    jwks: metadata.jwks as { keys: object[] } | null,
    requirePkce: metadata.requirePkce,
    redirectUriOptional: metadata.redirectUriOptional,
    accessTokenTtl: metadata.accessTokenTtl,
    resources: [...metadata.resources],
    accessTokenFormat: metadata.accessTokenFormat,
    consent: metadata.consent,
    servicePermissions: [...metadata.servicePermissions],
  };
}

export function recordClient(
  tx: Em,
  actor: Actor,
  kind: AuditKind,
  client: Client,
  detail: Record<string, unknown>,
): void {
  recordInTransaction(tx, {
    kind,
    at: actor.now,
    actorId: actor.caller.userId,
    clientId: actor.caller.clientId,
    origin: actor.origin,
    detail: { client: client.clientId, name: client.name, ...detail },
  });
}
