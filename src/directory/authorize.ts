import type { Actor } from './actor.ts';
import { forbidden } from './error.ts';
import { type Holdings, holds, outranks, type Permission } from './permissions.ts';

/** Throws FORBIDDEN unless the actor has `permission`. */
export function requirePermission({ caller }: Actor, permission: Permission): void {
  if (!holds(caller, permission)) throw forbidden();
}

/** Prevents privilege escalation: throws FORBIDDEN unless the actor has every permission of each target. */
export function requireRank({ caller }: Actor, ...targets: readonly Holdings[]): void {
  if (!targets.every((target) => outranks(caller, target))) throw forbidden();
}

/** True if the user is the actor. */
export const isSelf = ({ caller }: Actor, userId: string): boolean => caller.userId === userId;
