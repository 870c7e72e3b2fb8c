import { LockMode } from '@mikro-orm/core';
import type { Em } from '../store/connection/orm.ts';
import { Client } from '../store/entities/client.ts';
import { Group } from '../store/entities/group.ts';
import { User } from '../store/entities/user.ts';
import { DomainError } from './error.ts';
import { type Holdings, holdings } from './permissions.ts';

const lockMode = LockMode.PESSIMISTIC_WRITE;

/** A row that is locked until this transaction ends, with its current permissions. */
export interface Held<Row> {
  readonly row: Row;
  readonly held: Holdings;
}

/** Locks a user and loads the permissions of their groups. */
export async function lockUser(tx: Em, id: string, path: readonly string[] = ['id']): Promise<Held<User>> {
  const row = await tx.findOne(User, { id }, { lockMode, refresh: true });
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such user', path);
  return { row, held: await holdingsOf(tx, row) };
}

/** Loads the permissions of a user's groups. */
export async function holdingsOf(tx: Em, { id, superuser }: User): Promise<Holdings> {
  const groups = await tx.find(Group, { members: { id } }, { orderBy: { id: 'asc' }, refresh: true });
  return holdings(
    superuser,
    groups.flatMap((group) => group.permissions),
  );
}

/** Locks a group. */
export async function lockGroup(tx: Em, id: string, path: readonly string[] = ['id']): Promise<Held<Group>> {
  const row = await tx.findOne(Group, { id }, { lockMode, refresh: true });
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such group', path);
  return { row, held: holdings(false, row.permissions) };
}

/** Locks the clients that a user owns, with the service permissions of each. */
export async function lockClientsOf(tx: Em, userId: string): Promise<Held<Client>[]> {
  const clients = await tx.find(Client, { owner: { id: userId } }, { orderBy: { id: 'asc' }, lockMode, refresh: true });
  return clients.map((row) => ({ row, held: holdings(false, row.servicePermissions) }));
}

/**
 * Locks all superusers who can sign in, always in the same order. If two superusers demote each other at once, the second
 * transaction waits here and then sees the change of the first.
 */
export async function lockSuperusers(tx: Em): Promise<User[]> {
  return tx.find(User, { superuser: true, disabled: false }, { orderBy: { id: 'asc' }, lockMode, refresh: true });
}

/** Throws if `userId` is the only superuser left. */
export function rejectLastSuperuser(superusers: readonly User[], userId: string): void {
  if (superusers.length === 1 && superusers[0]?.id === userId)
    throw new DomainError('INVALID', 'This is the last superuser. Create another one first', ['id']);
}
