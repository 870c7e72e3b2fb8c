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

/** The user of that row id. */
export const loadUser = (context: Context, id: string): Promise<UserRow | undefined> =>
  loadBatched(context, 'user', id, async (ids) => byId(await findUsers(context.sql, ids)));

/** What only the person and those who manage users may see. */
function seesAll(context: Context, { id }: UserRow): boolean {
  const { caller } = tokenOf(context);
  return caller.userId === id || holds(caller, 'MANAGE_USERS');
}

export const UserType = nodeRef<UserRow>('User', { prefix: 'usr', load: loadUser });

builder.node(UserType, {
  id: { resolve: ({ id }) => id },
  description: 'A person in the directory.',
  access: READS_USERS,
  fields: (t) => ({
    username: t.exposeString('username', {
      description: 'What they sign in with; no two accounts differ only in capitals.',
    }),
    email: t.string({
      description: 'Their e-mail address; null unless it is your own or you hold MANAGE_USERS.',
      nullable: true,
      resolve: (user, _args, context) => (seesAll(context, user) ? user.email : null),
    }),
    emailVerified: t.boolean({
      description: 'Whether somebody with MANAGE_USERS says the address is theirs; null where `email` is hidden.',
      nullable: true,
      resolve: (user, _args, context) => (seesAll(context, user) ? user.emailVerified : null),
    }),
    firstName: t.exposeString('firstName', { description: 'Their first name; empty if they have told none.' }),
    lastName: t.exposeString('lastName', { description: 'Their last name; empty if they have told none.' }),
    attributes: t.field({
      type: 'JSONObject',
      description: 'What the operator keeps with them; null unless they are your own or you hold MANAGE_USERS.',
      nullable: true,
      resolve: (user, _args, context) => (seesAll(context, user) ? user.attributes : null),
    }),
    superuser: t.boolean({
      description: 'Whether they hold every permission; null unless it is you or you hold MANAGE_USERS.',
      nullable: true,
      resolve: (user, _args, context) => (seesAll(context, user) ? user.superuser : null),
    }),
    disabled: t.exposeBoolean('disabled', {
      description: 'A disabled user cannot sign in, and their tokens are dead.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When the account was made.' }),
  }),
});

export const UserConnection = builder.connectionObject(
  { type: UserType, name: 'UserConnection', description: 'A page of users.' },
  { name: 'UserEdge', description: 'A user, and their place in the list.' },
);

builder.queryField('user', (t) =>
  t.field({
    type: UserType,
    description: 'The user of this id; null if there is none.',
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
      description: 'Everybody who has an account, in the order they were made.',
      access: READS_USERS,
      resolve: async (_root, args, { sql }) => {
        const page = parsePageArguments(args);
        return toConnection(await listUsers(sql, page), page, byCreation);
      },
    },
    UserConnection,
  ),
);
