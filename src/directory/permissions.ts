/** The permissions that groups give to users and registrations give to services. They are loaded at every request. */
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

/** The permissions of a user, a group or a service. */
export interface Holdings {
  readonly superuser: boolean;
  readonly permissions: ReadonlySet<Permission>;
}

/** Who makes a request: a user, a service (`userId` is undefined), or an operator at the CLI (both ids are undefined). */
export interface Caller extends Holdings {
  readonly userId: string | undefined;
  readonly clientId: string | undefined;
  /** The scopes of the access token. Undefined at the CLI, which is not restricted by scopes. */
  readonly scopes?: ReadonlySet<string>;
}

/** Builds Holdings from database values. Permissions that this version does not know are ignored. */
export function holdings(superuser: boolean, permissions: Iterable<string>): Holdings {
  return { superuser, permissions: new Set([...permissions].filter(isPermission)) };
}

/** True if the holder has the permission. A superuser has all of them. */
export const holds = (holder: Holdings, permission: Permission): boolean =>
  holder.superuser || holder.permissions.has(permission);

/**
 * True if `caller` has every permission that `target` has. Every mutation that creates, changes or deletes `target`, its
 * memberships or its credentials checks this, which prevents privilege escalation.
 */
export const outranks = (caller: Holdings, target: Holdings): boolean =>
  caller.superuser || (!target.superuser && [...target.permissions].every((item) => caller.permissions.has(item)));

/** The operator at the CLI has all permissions, because they could change the database directly. */
export const OPERATOR: Caller = {
  superuser: true,
  permissions: new Set(ALL_PERMISSIONS),
  userId: undefined,
  clientId: undefined,
};
