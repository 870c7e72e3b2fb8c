import { digest, isWellFormed } from '../../crypto/secrets.ts';
import type { Actor } from '../../directory/actor.ts';
import { isSelf, requirePermission, requireRank } from '../../directory/authorize.ts';
import { DomainError } from '../../directory/error.ts';
import { lockUser } from '../../directory/lock.ts';
import { holdings } from '../../directory/permissions.ts';
import { recordInTransaction } from '../../store/audit/record-in-transaction.ts';
import type { Em } from '../../store/connection/orm.ts';
import { AccessToken } from '../../store/entities/access-token.ts';
import { Authorization } from '../../store/entities/authorization.ts';
import { Client } from '../../store/entities/client.ts';
import { Consent } from '../../store/entities/consent.ts';
import { RefreshToken } from '../../store/entities/refresh-token.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import { claimedDigest } from './access-token.ts';

/** Deletes a user's consent to a client and revokes all its authorizations. Returns the number of those that were active. */
export async function revokeAuthorizations(em: Em, actor: Actor, userId: string, clientId: string): Promise<number> {
  if (!isSelf(actor, userId)) requirePermission(actor, 'MANAGE_USERS');
  return em.transactional(async (tx) => {
    const { held } = await lockUser(tx, userId, ['userId']);
    requireRank(actor, held);
    const client = await tx.findOne(Client, { clientId });
    if (!client) throw new DomainError('NOT_FOUND', 'There is no such client', ['clientId']);

    await tx.nativeDelete(Consent, { user: userId, client });
    const active = { user: userId, client, revokedAt: null, expiresAt: { $gt: actor.now } };
    const revoked = await tx.nativeUpdate(Authorization, active, { revokedAt: actor.now });
    recordInTransaction(tx, {
      kind: 'authorization.revoked',
      at: actor.now,
      actorId: actor.caller.userId,
      clientId: actor.caller.clientId,
      origin: actor.origin,
      detail: { client: clientId, user: prefixedId('usr', userId), revoked },
    });
    return revoked;
  });
}

/** RFC 7009 §2.1: revokes an access token, or a refresh token with its whole family. False if the token was not active. */
export async function revokeToken(em: Em, actor: Actor, token: string): Promise<boolean> {
  const isRefresh = isWellFormed('grt', token);
  const tokenDigest = isRefresh ? digest(token) : claimedDigest(token);
  if (!tokenDigest) return false;
  return em.transactional(async (tx) => {
    const presented = { digest: tokenDigest };
    const populate = ['authorization.client'] as const;
    const found = isRefresh
      ? await tx.findOne(RefreshToken, presented, { populate, refresh: true })
      : await tx.findOne(AccessToken, presented, { populate, refresh: true });
    if (!found) return false;
    await requireAuthorityOver(tx, actor, found.authorization);

    const target = found instanceof AccessToken ? found : found.authorization;
    if (target.revokedAt || found.authorization.revokedAt || target.expiresAt <= actor.now) return false;
    target.revokedAt = actor.now;
    recordInTransaction(tx, {
      kind: 'token.revoked',
      at: actor.now,
      actorId: actor.caller.userId,
      clientId: actor.caller.clientId,
      origin: actor.origin,
      detail: { client: found.authorization.client.clientId, family: !(found instanceof AccessToken) },
    });
    return true;
  });
}

/** Throws FORBIDDEN unless the actor owns the token, or has MANAGE_USERS and every permission of the owner. */
async function requireAuthorityOver(tx: Em, actor: Actor, { user, client }: Authorization): Promise<void> {
  if (!user || !isSelf(actor, user.id)) requirePermission(actor, 'MANAGE_USERS');
  const owner = user ? (await lockUser(tx, user.id)).held : holdings(false, client.servicePermissions);
  requireRank(actor, owner);
}
