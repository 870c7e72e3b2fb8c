import type { AuditKind } from '../store/audit/kinds.ts';
import { recordInTransaction } from '../store/audit/record-in-transaction.ts';
import type { Em } from '../store/connection/orm.ts';
import { violatedUniqueConstraint } from '../store/connection/sql-errors.ts';
import { Group } from '../store/entities/group.ts';
import { prefixedId } from '../store/prefixed-id.ts';
import type { Actor } from './actor.ts';
import { requirePermission, requireRank } from './authorize.ts';
import { DomainError } from './error.ts';
import { lockGroup } from './lock.ts';
import { nameKey, parseName } from './names.ts';
import { holdings, type Permission } from './permissions.ts';

export interface NewGroup {
  readonly name: string;
  readonly permissions?: readonly Permission[] | null | undefined;
}

/** Fields that are undefined or null stay unchanged. */
export interface GroupChanges {
  readonly name?: string | null | undefined;
  readonly permissions?: readonly Permission[] | null | undefined;
}

/** Creates a group without members. */
export async function createGroup(em: Em, actor: Actor, input: NewGroup): Promise<Group> {
  const permissions = [...new Set(input.permissions ?? [])];
  requirePermission(actor, 'MANAGE_GROUPS');
  requireRank(actor, holdings(false, permissions));
  const name = parseName(input.name, 'name');

  return mapUniqueViolation(() =>
    em.transactional(async (tx) => {
      const group = tx.create(Group, { name, nameKey: nameKey(name), permissions, createdAt: actor.now });
      tx.persist(group);
      await tx.flush();
      recordGroup(tx, actor, 'group.created', group, { permissions });
      return group;
    }),
  );
}

export async function updateGroup(em: Em, actor: Actor, id: string, changes: GroupChanges): Promise<Group> {
  requirePermission(actor, 'MANAGE_GROUPS');
  return mapUniqueViolation(() =>
    em.transactional(async (tx) => {
      const { row: group, held } = await lockGroup(tx, id);
      const permissions = changes.permissions == null ? group.permissions : [...new Set(changes.permissions)];
      requireRank(actor, held, holdings(false, permissions));

      group.permissions = permissions;
      if (changes.name != null) {
        group.name = parseName(changes.name, 'name');
        group.nameKey = nameKey(group.name);
      }
      recordGroup(tx, actor, 'group.updated', group, { permissions });
      return group;
    }),
  );
}

export async function deleteGroup(em: Em, actor: Actor, id: string): Promise<void> {
  requirePermission(actor, 'MANAGE_GROUPS');
  await em.transactional(async (tx) => {
    const { row: group, held } = await lockGroup(tx, id);
    requireRank(actor, held);
    tx.remove(group);
    recordGroup(tx, actor, 'group.deleted', group, {});
  });
}

export function recordGroup(
  tx: Em,
  actor: Actor,
  kind: AuditKind,
  group: Group,
  detail: Record<string, unknown>,
): void {
  recordInTransaction(tx, {
    kind,
    at: actor.now,
    actorId: actor.caller.userId,
    clientId: actor.caller.clientId,
    origin: actor.origin,
    detail: { group: prefixedId('grp', group.id), name: group.name, ...detail },
  });
}

async function mapUniqueViolation<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedUniqueConstraint(error) === 'groups_name_key_unique')
      throw new DomainError('TAKEN', 'Another group has this name', ['name']);
    throw error;
  }
}
