import type { Actor } from './actor.ts';
import { forbidden } from './error.ts';
import { type Holdings, holds, outranks, type Permission } from './permissions.ts';

/** Throws FORBIDDEN unless the actor holds `permission`. */
export function requirePermission({ caller }: Actor, permission: Permission): void {
  if (!holds(caller, permission)) throw forbidden();
}

/** No escalation: throws FORBIDDEN unless the actor holds everything each of the targets holds. */
export function requireRank({ caller }: Actor, ...targets: readonly Holdings[]): void {
  if (!targets.every((target) => outranks(caller, target))) throw forbidden();
}

/** True if the row is the actor's own account. */
export const isSelf = ({ caller }: Actor, userId: string): boolean => caller.userId === userId;
