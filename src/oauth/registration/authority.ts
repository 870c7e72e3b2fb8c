import type { Actor } from '../../directory/actor.ts';
import { DomainError, forbidden } from '../../directory/error.ts';
import { type Holdings, holdings, holds, outranks } from '../../directory/permissions.ts';
import type { Client } from '../../store/entities/client.ts';
import type { BuiltInScope } from '../scopes/scope.ts';
import { grantTypesWith } from '../tokens/grants/grants.ts';
import { wordList } from '../word-list.ts';
import type { ClientMetadata } from './metadata.ts';
import { isHttpsOrLoopback } from './uris.ts';

/** How many clients a person may register without MANAGE_CLIENTS. */
export const OWN_CLIENTS_MAX = 10;

/** The grant types that users may give to their own clients. */
export const OWN_GRANT_TYPES = grantTypesWith(({ selfService }) => selfService);
const OWN_SCOPES: readonly string[] = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'read',
  'groups',
] satisfies BuiltInScope[];

/** What a client is allowed when its registrant names no scope: enough to sign people in. */
export const USUAL_SCOPES: readonly BuiltInScope[] = ['openid', 'profile', 'email', 'read'];

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

  const foreignScope = metadata.scopes.find((scope) => !OWN_SCOPES.includes(scope));
  const foreignUri = metadata.redirectUris.find((uri) => !isHttpsOrLoopback(uri));
  refuse(
    !metadata.grantTypes.every((grant) => OWN_GRANT_TYPES.includes(grant)),
    `grant types other than ${wordList(OWN_GRANT_TYPES)}`,
    'grantTypes',
  );
  refuse(foreignScope !== undefined, `the scope ${foreignScope}`, 'scope');
  refuse(foreignUri !== undefined, 'redirect URIs that are neither https nor loopback', 'redirectUris');
  refuse(
    !metadata.postLogoutRedirectUris.every(isHttpsOrLoopback),
    'redirect URIs that are neither https nor loopback',
    'postLogoutRedirectUris',
  );
  refuse(metadata.resources.length > 0, 'resources of other servers', 'resources');
  // They outlive their revocation wherever nobody asks here.
  refuse(metadata.accessTokenFormat === 'JWT', 'access tokens as JWTs', 'accessTokenFormat');
  // This server itself calls there.
  refuse(metadata.backchannelLogoutUri !== null, 'a back-channel', 'backchannelLogoutUri');
  refuse(!metadata.requirePkce, 'PKCE switched off', 'requirePkce');
  refuse(metadata.redirectUriOptional, 'redirectUriOptional', 'redirectUriOptional');
  refuse(metadata.accessTokenTtl !== null, 'a lifetime of its own', 'accessTokenTtl');
  refuse(metadata.servicePermissions.length > 0, 'servicePermissions', 'servicePermissions');
}

function refuse(wrong: boolean, what: string, field: string): void {
  if (wrong)
    throw new DomainError('INVALID', `Your own clients cannot have ${what}: that needs MANAGE_CLIENTS`, [field]);
}
