import { recordInTransaction } from '../store/audit/record-in-transaction.ts';
import type { Em } from '../store/connection/orm.ts';
import { queueUserLogouts } from '../store/logout-deliveries.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import type { Actor } from './actor.ts';
import { requirePermission, requireRank } from './authorize.ts';
import { lockClientsOf, lockSuperusers, lockUser, rejectLastSuperuser } from './lock.ts';

/** Deletes a user with their sessions, consents, tokens, memberships and the clients they own. */
export async function deleteUser(em: Em, actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'MANAGE_USERS');
  await em.transactional(async (tx) => {
    const superusers = await lockSuperusers(tx);
    const { row: user, held } = await lockUser(tx, id);
    const clients = await lockClientsOf(tx, id);
    requireRank(actor, held, ...clients.map((client) => client.held));
    rejectLastSuperuser(superusers, id);

    await queueUserLogouts(tx, id, actor.now, undefined);
    tx.remove(user);
    recordInTransaction(tx, {
      kind: 'user.deleted',
      at: actor.now,
      actorId: actor.caller.userId,
      clientId: actor.caller.clientId,
      origin: actor.origin,
      detail: {
        user: prefixedId('usr', id),
        username: user.username,
        clients: clients.map(({ row }) => row.clientId),
      },
    });
  });
}
