import { LockMode } from '@mikro-orm/core';
import type { Em } from '../store/connection/orm.ts';
import { Client } from '../store/entities/client.ts';
import { Group } from '../store/entities/group.ts';
import { User } from '../store/entities/user.ts';
import { DomainError } from './error.ts';
import { type Holdings, holdings } from './permissions.ts';

const lockMode = LockMode.PESSIMISTIC_WRITE;

/** A row nobody else can change until this transaction ends, with what it holds at this moment. */
export interface Held<Row> {
  readonly row: Row;
  readonly held: Holdings;
}

/** The person, their superuser flag and what their groups give them. */
export async function lockUser(tx: Em, id: string, path: readonly string[] = ['id']): Promise<Held<User>> {
  const row = await tx.findOne(User, { id }, { lockMode, refresh: true });
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such user', path);
  const groups = await tx.find(Group, { members: { id } }, { orderBy: { id: 'asc' }, refresh: true });
  return {
    row,
    held: holdings(
      row.superuser,
      groups.flatMap((group) => group.permissions),
    ),
  };
}

/** The group and what it gives its members. */
export async function lockGroup(tx: Em, id: string, path: readonly string[] = ['id']): Promise<Held<Group>> {
  const row = await tx.findOne(Group, { id }, { lockMode, refresh: true });
  if (!row) throw new DomainError('NOT_FOUND', 'There is no such group', path);
  return { row, held: holdings(false, row.permissions) };
}

/** The clients a person owns, with what each may do as a service. */
export async function lockClientsOf(tx: Em, userId: string): Promise<Held<Client>[]> {
  const clients = await tx.find(Client, { owner: { id: userId } }, { orderBy: { id: 'asc' }, lockMode, refresh: true });
  return clients.map((row) => ({ row, held: holdings(false, row.servicePermissions) }));
}

/**
 * All superusers who can sign in, locked in one order so that two who demote each other meet here one after the other:
 * the second then sees what the first has done.
 */
export async function lockSuperusers(tx: Em): Promise<User[]> {
  return tx.find(User, { superuser: true, disabled: false }, { orderBy: { id: 'asc' }, lockMode, refresh: true });
}

/** Throws unless somebody can still do everything after `userId` no longer can. */
export function rejectLastSuperuser(superusers: readonly User[], userId: string): void {
  if (superusers.length === 1 && superusers[0]?.id === userId)
    throw new DomainError('INVALID', 'This is the last superuser: make another one first', ['id']);
}
