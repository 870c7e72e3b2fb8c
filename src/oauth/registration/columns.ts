import type { Actor } from '../../directory/actor.ts';
import type { AuditKind } from '../../store/audit/kinds.ts';
import { recordInTransaction } from '../../store/audit/record-in-transaction.ts';
import type { Em } from '../../store/connection/orm.ts';
import type { Client } from '../../store/entities/client.ts';
import { Scope } from '../../store/entities/scope.ts';
import { webOriginsOf } from '../clients/web-origins.ts';
import { BUILT_IN_SCOPES } from '../scopes/scope.ts';
import { type AttributeName, type ClientMetadata, INITIAL, perAttribute } from './metadata.ts';

/** The names of all scopes: built-in ones and those of the operator. */
export async function knownScopes(em: Em): Promise<ReadonlySet<string>> {
  const own = await em.findAll(Scope, { fields: ['name'] });
  return new Set<string>([...BUILT_IN_SCOPES, ...own.map(({ name }) => name)]);
}

type Columns = Omit<
  Client,
  | 'id'
  | 'clientId'
  | 'owner'
  | 'secrets'
  | 'disabled'
  | 'tokensSince'
  | 'builtIn'
  | 'seeded'
  | 'createdAt'
  | 'approvedAt'
  | symbol
>;

/** The metadata as columns of the row. The compiler refuses a column that no attribute has. */
export const toColumns = (metadata: ClientMetadata): Columns => ({
  ...metadata,
  webOrigins: webOriginsOf(metadata.redirectUris),
});

/** The metadata in a row. A value that only a newer version knows is kept, so that a change does not lose it. */
export const fromColumns = (client: Pick<Client, AttributeName>): ClientMetadata =>
  perAttribute<ClientMetadata>(
    <Name extends AttributeName>(name: Name) => (client[name] ?? INITIAL[name]) as ClientMetadata[Name],
  );

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
