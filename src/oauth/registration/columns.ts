import type { Actor } from '../../directory/actor.ts';
import type { AuditKind } from '../../store/audit/record.ts';
import { recordInTransaction } from '../../store/audit/record-in-transaction.ts';
import type { Em } from '../../store/connection/orm.ts';
import type { Client } from '../../store/entities/client.ts';
import { Scope } from '../../store/entities/scope.ts';
import { webOriginsOf } from '../clients/web-origins.ts';
import { BUILT_IN_SCOPES } from '../scopes/scope.ts';
import { type AttributeName, type ClientMetadata, INITIAL, known, perAttribute } from './metadata.ts';

/** Every scope that exists: ours, and the operator's own. */
export async function knownScopes(em: Em): Promise<ReadonlySet<string>> {
  const own = await em.findAll(Scope, { fields: ['name'] });
  return new Set<string>([...BUILT_IN_SCOPES, ...own.map(({ name }) => name)]);
}

/** The metadata as columns of the row. */
export const toColumns = (metadata: ClientMetadata): Pick<Client, AttributeName | 'webOrigins'> => ({
  ...metadata,
  webOrigins: webOriginsOf(metadata.redirectUris),
});

/** The metadata in a row. Its columns may hold values that only a newer version knows: they are left out. */
export const fromColumns = (row: { readonly [Name in AttributeName]: unknown }): ClientMetadata =>
  perAttribute<ClientMetadata>((name) => known(name, row[name]) ?? INITIAL[name]);

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
