import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../../directory/actor.ts';
import { DomainError, forbidden } from '../../directory/error.ts';
import { type Holdings, holdings, holds, outranks } from '../../directory/permissions.ts';
import type { Client } from '../../store/entities/client.ts';
import type { BuiltInScope } from '../scopes/scope.ts';
import { ATTRIBUTE_NAMES, type AttributeName, type ClientMetadata, fieldOf, TABLE } from './metadata.ts';

const heldBy = (servicePermissions: readonly string[]): Holdings => holdings(false, servicePermissions);

/** Throws FORBIDDEN unless the actor may change or see the secrets of `client`: own, or MANAGE_CLIENTS; and no escalation. */
export function requireAuthority({ caller }: Actor, client: Client): void {
  const own = caller.userId !== undefined && client.owner?.id === caller.userId;
  // A built-in client is what this server relies on: nobody changes it.
  if (client.builtIn || !(own || holds(caller, 'MANAGE_CLIENTS'))) throw forbidden();
  if (!outranks(caller, heldBy(client.servicePermissions))) throw forbidden();
}

/** What a service opens here beside its permissions. */
const DIRECTORY_SCOPES: readonly string[] = ['read', 'write', 'groups', 'clients', 'audit'] satisfies BuiltInScope[];

/**
 * A service with permissions acts by itself: who makes one, or holds its secret, can do what it may. So the token in hand must
 * reach as far, or `clients` alone would come to mean everything.
 */
export function requireReach(
  { caller }: Actor,
  {
    grantTypes,
    servicePermissions,
    scopes,
  }: Readonly<Record<'grantTypes' | 'servicePermissions' | 'scopes', readonly string[]>>,
): void {
  const { scopes: inHand } = caller;
  if (inHand === undefined || servicePermissions.length === 0 || !grantTypes.includes('client_credentials')) return;
  const missing = DIRECTORY_SCOPES.filter((scope) => scopes.includes(scope) && !inHand.has(scope));
  if (missing.length > 0)
    throw new DomainError(
      'INVALID',
      `This service may do more than your token: ask for ${missing.join(' and ')} as well`,
      ['scope'],
    );
}

/** What only MANAGE_CLIENTS may give a client, and nobody more than they hold. */
export function requireRights(actor: Actor, metadata: ClientMetadata): void {
  const { caller } = actor;
  if (!outranks(caller, heldBy(metadata.servicePermissions))) throw forbidden();
  requireReach(actor, metadata);
  if (holds(caller, 'MANAGE_CLIENTS')) return;
  if (caller.userId === undefined) throw forbidden();

  for (const name of ATTRIBUTE_NAMES) {
    const refused = refusedFor(name, metadata);
    if (refused !== undefined)
      throw new DomainError('INVALID', `Your own clients cannot have ${refused}: that needs MANAGE_CLIENTS`, [
        fieldOf(name),
      ]);
  }
}

/** What of an attribute's value only MANAGE_CLIENTS may give, in words. */
function refusedFor<Name extends AttributeName>(name: Name, metadata: ClientMetadata): string | undefined {
  const { managed, initial } = TABLE[name];
  const value = metadata[name];
  if (managed === undefined || value == null) return undefined;
  if (typeof managed.refused === 'function') return managed.refused(value);
  return isDeepStrictEqual(value, initial) ? undefined : managed.refused;
}
