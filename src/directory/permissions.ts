/** What a person may do through the groups they are in, and a service through its registration. Read live, at every request. */
export const PERMISSIONS = {
  READ_DIRECTORY: 'Read users and groups. Every user has it; a service must be given it.',
  MANAGE_USERS: 'Create, change, disable and delete users.',
  MANAGE_GROUPS: 'Create, change and delete groups, their members and their permissions.',
  MANAGE_CLIENTS: 'Manage all OAuth clients and scopes.',
  READ_AUDIT: "Read everybody's audit trail.",
  INTROSPECT: 'Introspect any token (services).',
} as const;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

export const isPermission = (text: string): text is Permission => Object.hasOwn(PERMISSIONS, text);

/** What somebody, or something, holds. */
export interface Holdings {
  readonly superuser: boolean;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who is asking: a person, or a service acting for itself (`userId` undefined), or the operator's shell (both undefined). */
export interface Caller extends Holdings {
  readonly userId: string | undefined;
  readonly clientId: string | undefined;
  /** What the token in its hand may do; undefined at the operator's shell, where nothing is closed. */
  readonly scopes?: ReadonlySet<string>;
}

/** The holdings of rows read from the database; names this version does not know count for nothing. */
export function holdings(superuser: boolean, permissions: Iterable<string>): Holdings {
  return { superuser, permissions: new Set([...permissions].filter(isPermission)) };
}

/** A superuser holds all. */
export const holds = (holder: Holdings, permission: Permission): boolean =>
  holder.superuser || holder.permissions.has(permission);

/**
 * No escalation, by any verb: true if `caller` holds everything that `target` holds. Asked by every mutation that creates,
 * changes, deletes, joins, adds to, disables, or touches a credential of `target`.
 */
export const outranks = (caller: Holdings, target: Holdings): boolean =>
  caller.superuser || (!target.superuser && [...target.permissions].every((item) => caller.permissions.has(item)));

/** The operator at the shell, who could as well write into the database. */
export const OPERATOR: Caller = {
  superuser: true,
  permissions: new Set(ALL_PERMISSIONS),
  userId: undefined,
  clientId: undefined,
};
