import { isDeepStrictEqual } from 'node:util';
import type { Actor } from '../../directory/actor.ts';
import { DomainError, forbidden } from '../../directory/error.ts';
import { nameKey } from '../../directory/names.ts';
import { type Holdings, holdings, holds, outranks } from '../../directory/permissions.ts';
import type { Client } from '../../store/entities/client.ts';
import { DIRECTORY_SCOPES } from '../scopes/scope.ts';
import { wordList } from '../word-list.ts';
import { ATTRIBUTE_NAMES, type AttributeName, type ClientMetadata, fieldOf, TABLE } from './metadata.ts';

const heldBy = (servicePermissions: readonly string[]): Holdings => holdings(false, servicePermissions);

/** Throws FORBIDDEN unless the actor may change `client`: as its owner, or with MANAGE_CLIENTS and all its permissions. */
export function requireAuthority({ caller }: Actor, client: Client): void {
  const own = caller.userId !== undefined && client.owner?.id === caller.userId;
  // Built-in clients cannot be changed, because this server relies on them.
  if (client.builtIn || !(own || holds(caller, 'MANAGE_CLIENTS'))) throw forbidden();
  if (!outranks(caller, heldBy(client.servicePermissions))) throw forbidden();
}

/**
 * A caller who creates a service or gets its secret can do everything that the service may do. The caller's token therefore needs
 * the same scopes: otherwise a token with only `clients` could do anything. Throws INVALID.
 */
export function requireReach(
  { caller }: Actor,
  {
    grantTypes,
    servicePermissions,
    scopes,
  }: Readonly<Record<'grantTypes' | 'servicePermissions' | 'scopes', readonly string[]>>,
): void {
  const { scopes: callerScopes } = caller;
  if (callerScopes === undefined || servicePermissions.length === 0 || !grantTypes.includes('client_credentials'))
    return;
  // Introspection needs no scope, and shows whose token it is.
  const opened = servicePermissions.includes('INTROSPECT') ? ['read', ...scopes] : scopes;
  const missing = DIRECTORY_SCOPES.filter((scope) => opened.includes(scope) && !callerScopes.has(scope));
  if (missing.length > 0)
    throw new DomainError(
      'INVALID',
      `This service may do more than your token. Your token also needs ${wordList(missing)}`,
      ['scope'],
    );
}

/** Throws unless the actor may give a client these attributes: permissions they hold themselves, and what the table allows. */
export function requireRights(actor: Actor, metadata: ClientMetadata): void {
  const { caller } = actor;
  if (!outranks(caller, heldBy(metadata.servicePermissions))) throw forbidden();
  requireReach(actor, metadata);
  if (holds(caller, 'MANAGE_CLIENTS')) return;
  if (caller.userId === undefined) throw forbidden();
  if (actor.instanceNames?.some((name) => looksLike(name, metadata.name)))
    throw new DomainError('INVALID', 'Your own clients cannot have the name or the host of this server', ['name']);

  for (const name of ATTRIBUTE_NAMES) {
    const refused = refusedFor(name, metadata);
    if (refused !== undefined)
      throw new DomainError('INVALID', `Your own clients cannot have ${refused}: that needs MANAGE_CLIENTS`, [
        fieldOf(name),
      ]);
  }
}

const looksLike = (name: string, other: string): boolean => comparable(name) === comparable(other);

const comparable = (name: string): string => nameKey(name).replaceAll(/\s/g, '');

/** The part of the error message for a value that only callers with MANAGE_CLIENTS may set. Undefined for other values. */
function refusedFor<Name extends AttributeName>(name: Name, metadata: ClientMetadata): string | undefined {
  const { managed, initial } = TABLE[name];
  const value = metadata[name];
  if (managed === undefined || value == null) return undefined;
  if (typeof managed.refused === 'function') return managed.refused(value);
  return isDeepStrictEqual(value, initial) ? undefined : managed.refused;
}
