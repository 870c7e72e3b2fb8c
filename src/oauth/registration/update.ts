import type { Actor } from '../../directory/actor.ts';
import { requirePermission } from '../../directory/authorize.ts';
import { DomainError, forbidden } from '../../directory/error.ts';
import { holdingsOf } from '../../directory/lock.ts';
import { holdings, holds, outranks } from '../../directory/permissions.ts';
import type { Em } from '../../store/connection/orm.ts';
import { Client } from '../../store/entities/client.ts';
import { ClientSecret } from '../../store/entities/client-secret.ts';
import { Consent } from '../../store/entities/consent.ts';
import { User } from '../../store/entities/user.ts';
import { requireRights } from './authority.ts';
import { fromColumns, knownScopes, recordClient, toColumns } from './columns.ts';
import {
  type ClientChanges,
  type ClientMetadata,
  checkMetadata,
  checkResponseTypes,
  hasSecret,
  isPublic,
  merge,
} from './metadata.ts';
import { lockOwnClient } from './secrets.ts';

/** A changed client, and how many of its secrets the change has revoked. */
interface UpdatedClient {
  readonly client: Client;
  readonly revokedSecrets: number;
}

/**
 * Changes a client. A new name, redirect URI or authentication method deletes all consents, because users consented to a client
 * without them.
 */
export async function updateClient(
  em: Em,
  actor: Actor,
  clientId: string,
  changes: ClientChanges,
): Promise<UpdatedClient> {
  const known = await knownScopes(em);
  // Otherwise owners could enable a client that an administrator has disabled.
  if (changes.disabled != null && !holds(actor.caller, 'MANAGE_CLIENTS')) throw forbidden();

  return em.transactional(async (tx) => {
    const client = await lockOwnClient(tx, actor, clientId);
    const before = fromColumns(client);
    checkResponseTypes(changes.responseTypes, changes.grantTypes ?? before.grantTypes);
    const after = checkMetadata(merge(before, changes), known);
    requireRights(actor, after);

    const { name, redirectUris, tokenEndpointAuthMethod } = after;
    const changedIdentity =
      name !== before.name ||
      tokenEndpointAuthMethod !== before.tokenEndpointAuthMethod ||
      redirectUris.join('\n') !== before.redirectUris.join('\n');
    if (changedIdentity) await tx.nativeDelete(Consent, { client });
    if (changedIdentity || after.postLogoutRedirectUris.join('\n') !== before.postLogoutRedirectUris.join('\n'))
      client.approvedAt = null;

    const outgrown = await outgrowsOwner(tx, client, before, after);
    if (outgrown && after.jwks !== null && changes.jwks == null)
      throw new DomainError(
        'INVALID',
        'The owner of this client lacks these permissions but knows its private keys: set new jwks, too',
        ['jwks'],
      );
    const revokedSecrets = !hasSecret(after) || outgrown ? await tx.nativeDelete(ClientSecret, { client }) : 0;
    const becamePublic = isPublic(after) && !isPublic(before);
    const switched = changes.disabled != null && changes.disabled !== client.disabled;
    // Enabling sets it again, so that no token issued while the client was being disabled becomes valid.
    if (outgrown || becamePublic || switched) client.tokensSince = actor.now;

    Object.assign(client, toColumns(after));
    if (changes.disabled != null) client.disabled = changes.disabled;
    const changed = Object.entries(changes).filter(([, value]) => value !== undefined);
    recordClient(tx, actor, 'client.updated', client, { changed: changed.map(([field]) => field), revokedSecrets });
    return { client, revokedSecrets };
  });
}

/** True if the client gets a service permission that its owner lacks. The owner must not know a secret of such a client. */
async function outgrowsOwner(
  tx: Em,
  { owner }: Client,
  before: ClientMetadata,
  after: ClientMetadata,
): Promise<boolean> {
  const added = after.servicePermissions.filter((permission) => !before.servicePermissions.includes(permission));
  if (!owner || added.length === 0) return false;
  const user = await tx.findOneOrFail(User, { id: owner.id }, { refresh: true });
  const { superuser, permissions } = await holdingsOf(tx, user);
  return !outranks(holdings(superuser, ['READ_DIRECTORY', ...permissions]), holdings(false, added));
}

/** Records that an administrator vouches for the client of a user. A changed name or redirect URI takes the approval back. */
export async function approveClient(em: Em, actor: Actor, clientId: string): Promise<Client> {
  requirePermission(actor, 'MANAGE_CLIENTS');
  return em.transactional(async (tx) => {
    if ((await tx.count(Client, { clientId, builtIn: true })) > 0)
      throw new DomainError('INVALID', 'This client is part of the server and needs no approval', ['clientId']);
    const client = await lockOwnClient(tx, actor, clientId);
    client.approvedAt = actor.now;
    recordClient(tx, actor, 'client.approved', client, { redirectUris: client.redirectUris });
    return client;
  });
}

/** Deletes a client and everything issued to it. */
export async function deleteClient(em: Em, actor: Actor, clientId: string): Promise<void> {
  await em.transactional(async (tx) => {
    const client = await lockOwnClient(tx, actor, clientId);
    tx.remove(client);
    recordClient(tx, actor, 'client.deleted', client, {});
  });
}
