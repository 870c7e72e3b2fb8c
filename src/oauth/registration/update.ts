import type { Actor } from '../../directory/actor.ts';
import { forbidden } from '../../directory/error.ts';
import { holds } from '../../directory/permissions.ts';
import type { Em } from '../../store/connection/orm.ts';
import type { Client } from '../../store/entities/client.ts';
import { ClientSecret } from '../../store/entities/client-secret.ts';
import { Consent } from '../../store/entities/consent.ts';
import { requireRights } from './authority.ts';
import { fromColumns, knownScopes, recordClient, toColumns } from './columns.ts';
import { type ClientChanges, checkMetadata, checkResponseTypes, hasSecret, merge } from './metadata.ts';
import { lockOwnClient } from './secrets.ts';

/**
 * Changes a client. A new name, redirect URI or authentication method deletes all consents, because users consented to a client
 * without them.
 */
export async function updateClient(em: Em, actor: Actor, clientId: string, changes: ClientChanges): Promise<Client> {
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
    if (!hasSecret(after)) await tx.nativeDelete(ClientSecret, { client });

    Object.assign(client, toColumns(after));
    if (changes.disabled != null) client.disabled = changes.disabled;
    const changed = Object.entries(changes).filter(([, value]) => value !== undefined);
    recordClient(tx, actor, 'client.updated', client, { changed: changed.map(([field]) => field) });
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
