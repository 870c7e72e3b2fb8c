/** What can happen, as the audit trail records it. A kind stays in this table for as long as rows may have it. */
export const AUDIT_KINDS = {
  'sign_in.succeeded':
    'A user signed in with username and password: on the sign-in page, or with the `grant` in the detail.',
  'sign_in.failed': 'A sign-in failed: unknown username, wrong password or disabled account.',
  sign_out: 'A user signed out or ended another of their sessions.',
  'setup.completed': 'The first administrator was created through the set-up link.',
  'consent.granted': 'A user allowed what a client requested.',
  'consent.denied': 'A user denied what a client requested.',
  'code.replayed': 'An authorization code was used again; everything issued from it was revoked.',
  'refresh_token.replayed': 'A refresh token was used again; its whole token family was revoked.',
  'refresh_token.repeated': 'A refresh token was used again within its grace period and got the same tokens.',
  'token.revoked': 'A token was revoked, a refresh token with its whole family.',
  'authorization.revoked': "A client's access to a user's account was revoked.",
  'client_authentication.failed': 'A client failed to authenticate.',
  'access.refused': 'A GraphQL operation was refused for lack of a permission.',
  'user.created': 'A user was created.',
  'user.updated': 'A user was changed, disabled or enabled.',
  'user.deleted': 'A user was deleted.',
  'user.password_set': "A user's password was set.",
  'group.created': 'A group was created.',
  'group.updated': 'A group was renamed or its permissions were changed.',
  'group.deleted': 'A group was deleted.',
  'group.member_added': 'A user was added to a group.',
  'group.member_removed': 'A user was removed from a group.',
  'client.created': 'A client was registered.',
  'client.updated': 'A client was changed, disabled or enabled.',
  'client.approved': 'An administrator approved the client of a user.',
  'client.deleted': 'A client was deleted.',
  'client.secret_rotated': 'A client got a new secret.',
  'scope.created': "An operator's scope was created.",
  'scope.deleted': "An operator's scope was deleted.",
  'keys.rotated': 'The signing keys were rotated.',
} as const;

export type AuditKind = keyof typeof AUDIT_KINDS;

export const isAuditKind = (text: string): text is AuditKind => Object.hasOwn(AUDIT_KINDS, text);

/** Its name in GraphQL, where a name has no dots: `sign_in.succeeded` is SIGN_IN_SUCCEEDED. */
export const auditKindName = (kind: AuditKind): string => kind.toUpperCase().replaceAll('.', '_');
