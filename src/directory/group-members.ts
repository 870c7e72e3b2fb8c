import type { Em } from '../store/connection/orm.ts';
import type { Group } from '../store/entities/group.ts';
import { GroupMember } from '../store/entities/group-member.ts';
import type { User } from '../store/entities/user.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import type { Actor } from './actor.ts';
import { requirePermission, requireRank } from './authorize.ts';
import { recordGroup } from './groups.ts';
import { lockGroup, lockUser } from './lock.ts';
import { holdings } from './permissions.ts';

interface Membership {
  readonly group: Group;
  readonly user: User;
}

/** Adds a user to a group, unless they are a member. The actor must have all permissions of the group and of the user. */
export const addGroupMember = (em: Em, actor: Actor, groupId: string, userId: string): Promise<Membership> =>
  changeMembership(em, actor, groupId, userId, 'group.member_added', async (tx, membership) => {
    if (!membership) tx.persist(tx.create(GroupMember, { group: groupId, user: userId }));
  });

/**
 * Removes a user from a group. The same rule applies, so that users cannot take permissions from somebody who has more than
 * they have.
 */
export const removeGroupMember = (em: Em, actor: Actor, groupId: string, userId: string): Promise<Membership> =>
  changeMembership(em, actor, groupId, userId, 'group.member_removed', async (tx, membership) => {
    if (membership) tx.remove(membership);
  });

async function changeMembership(
  em: Em,
  actor: Actor,
  groupId: string,
  userId: string,
  kind: 'group.member_added' | 'group.member_removed',
  change: (tx: Em, membership: GroupMember | null) => Promise<void>,
): Promise<Membership> {
  requirePermission(actor, 'MANAGE_GROUPS');
  return em.transactional(async (tx) => {
    const group = await lockGroup(tx, groupId, ['groupId']);
    const user = await lockUser(tx, userId, ['userId']);
    const combined = holdings(user.held.superuser, [...user.held.permissions, ...group.held.permissions]);
    requireRank(actor, group.held, user.held, combined);

    await change(tx, await tx.findOne(GroupMember, { group: groupId, user: userId }, { refresh: true }));
    const detail = { user: prefixedId('usr', userId), username: user.row.username };
    recordGroup(tx, actor, kind, group.row, detail);
    return { group: group.row, user: user.row };
  });
}
