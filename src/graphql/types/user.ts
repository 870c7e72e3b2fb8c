import { holds } from '../../directory/permissions.ts';
import { findUsers, listUsers, type UserRow } from '../../directory/read-users.ts';
import { uuidOf } from '../../store/prefixed-id.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { byCreation, parsePageArguments, toConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { byId, loadBatched } from '../load-batched.ts';
import { nodeRef } from '../node-ref.ts';
import { tokenOf } from '../request-actor.ts';

const READS_USERS = { scopes: [['read']], permission: 'READ_DIRECTORY' } as const satisfies AccessRule;

/** The user with that row id. */
export const loadUser = (context: Context, id: string): Promise<UserRow | undefined> =>
  loadBatched(context, 'user', id, async (ids) => byId(await findUsers(context.sql, ids)));

/** True if the caller may see all fields: users see their own, and MANAGE_USERS sees those of everyone. */
function seesAll(context: Context, { id }: UserRow): boolean {
  const { caller } = tokenOf(context);
  return caller.userId === id || holds(caller, 'MANAGE_USERS');
}

/** An address that only the user has claimed is shown to administrators, and to clients that are registered for it. */
export function visibleEmail(context: Context, user: UserRow): string | null {
  if (!seesAll(context, user)) return null;
  const { caller, client } = tokenOf(context);
  return !user.emailClaimed || client.unverifiedEmail || holds(caller, 'MANAGE_USERS') ? user.email : null;
}

export const UserType = nodeRef<UserRow>('User', { prefix: 'usr', load: loadUser });

builder.node(UserType, {
  id: { resolve: ({ id }) => id },
  description: 'A user of the directory, who can sign in.',
  access: READS_USERS,
  fields: (t) => ({
    username: t.exposeString('username', {
      description: 'The name for signing in, unique ignoring case.',
    }),
    email: t.string({
      description: 'Email address. Null for other users unless you have MANAGE_USERS.',
      nullable: true,
      resolve: (user, _args, context) => visibleEmail(context, user),
    }),
    emailVerified: t.boolean({
      description:
        'Whether an administrator has verified that the email address belongs to the user. Null if you may not see `email`.',
      nullable: true,
      resolve: (user, _args, context) => (seesAll(context, user) ? user.emailVerified : null),
    }),
    firstName: t.exposeString('firstName', { description: 'First name. Empty if it is not set.' }),
    lastName: t.exposeString('lastName', { description: 'Last name. Empty if it is not set.' }),
    attributes: t.field({
      type: 'JSONObject',
      description: 'Data that the operator keeps about the user. Null for other users unless you have MANAGE_USERS.',
      nullable: true,
      resolve: (user, _args, context) => (seesAll(context, user) ? user.attributes : null),
    }),
    superuser: t.boolean({
      description: 'Whether the user has every permission. Null for other users unless you have MANAGE_USERS.',
      nullable: true,
      resolve: (user, _args, context) => (seesAll(context, user) ? user.superuser : null),
    }),
    disabled: t.exposeBoolean('disabled', {
      description: 'A disabled user cannot sign in, and all tokens of the user are revoked.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Time at which the user was created.' }),
  }),
});

export const UserConnection = builder.connectionObject(
  { type: UserType, name: 'UserConnection', description: 'A page of users.' },
  { name: 'UserEdge', description: 'A user and their position in the list.' },
);

builder.queryField('user', (t) =>
  t.field({
    type: UserType,
    description: 'The user with this id. Null if there is none.',
    nullable: true,
    access: READS_USERS,
    args: { id: t.arg.id({ required: true, description: 'The `usr_…` id of the user to show.' }) },
    resolve: async (_root, { id }, context) => {
      const uuid = uuidOf('usr', id);
      return uuid === undefined ? null : ((await loadUser(context, uuid)) ?? null);
    },
  }),
);

builder.queryField('users', (t) =>
  t.connection(
    {
      type: UserType,
      description: 'All users, in the order in which they were created.',
      access: READS_USERS,
      resolve: async (_root, args, context) => {
        const page = parsePageArguments(args);
        return toConnection(context, await listUsers(context.sql, page), page, byCreation);
      },
    },
    UserConnection,
  ),
);
