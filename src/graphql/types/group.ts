import { isPermission } from '../../directory/permissions.ts';
import { findGroups, type GroupRow, listGroups, listMemberships } from '../../directory/read-groups.ts';
import { listMembers, type UserRow } from '../../directory/read-users.ts';
import { uuidOf } from '../../store/prefixed-id.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { byCreation, type Connection, type PageArguments, parsePageArguments, toConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { byId, byParent, loadBatched } from '../load-batched.ts';
import { nodeRef } from '../node-ref.ts';
import { PermissionType } from './permission.ts';
import { UserConnection, UserType } from './user.ts';

const READS_GROUPS = { scopes: [['groups']], permission: 'READ_DIRECTORY' } as const satisfies AccessRule;

/** The group with that row id. */
export const loadGroup = (context: Context, id: string): Promise<GroupRow | undefined> =>
  loadBatched(context, 'group', id, async (ids) => byId(await findGroups(context.sql, ids)));

/** A page of the groups of one user. The pages of all users on the same level of the query are loaded by one statement. */
export async function groupsOf(context: Context, userId: string, args: PageArguments): Promise<Connection<GroupRow>> {
  const page = parsePageArguments(args);
  const name = `groups ${JSON.stringify(page)}`;
  const rows = await loadBatched(context, name, userId, async (ids) =>
    byParent(await listMemberships(context.sql, ids, page)),
  );
  return toConnection(context, rows ?? [], page, byCreation);
}

/** A page of the members of one group, also loaded by one statement for all groups of a level. */
async function membersOf(context: Context, groupId: string, args: PageArguments): Promise<Connection<UserRow>> {
  const page = parsePageArguments(args);
  const name = `members ${JSON.stringify(page)}`;
  const rows = await loadBatched(context, name, groupId, async (ids) =>
    byParent(await listMembers(context.sql, ids, page)),
  );
  return toConnection(context, rows ?? [], page, byCreation);
}

export const GroupType = nodeRef<GroupRow>('Group', { prefix: 'grp', load: loadGroup });

builder.node(GroupType, {
  id: { resolve: ({ id }) => id },
  description: 'A group of users. Its members have its permissions.',
  access: READS_GROUPS,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Unique name, ignoring case.' }),
    permissions: t.field({
      type: [PermissionType],
      description: 'Permissions that every member has.',
      resolve: ({ permissions }) => permissions.filter(isPermission),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'Time at which the group was created.' }),
    members: t.connection(
      {
        type: UserType,
        description: 'The users in the group, in the order in which they were created.',
        resolve: (group, args, context) => membersOf(context, group.id, args),
      },
      UserConnection,
    ),
  }),
});

export const GroupConnection = builder.connectionObject(
  { type: GroupType, name: 'GroupConnection', description: 'A page of groups.' },
  { name: 'GroupEdge', description: 'A group and its position in the list.' },
);

builder.objectField(UserType, 'groups', (t) =>
  t.connection(
    {
      type: GroupType,
      description: 'The groups of which the user is a member.',
      access: READS_GROUPS,
      resolve: (user, args, context) => groupsOf(context, user.id, args),
    },
    GroupConnection,
  ),
);

builder.queryField('group', (t) =>
  t.field({
    type: GroupType,
    description: 'The group with this id. Null if there is none.',
    nullable: true,
    access: READS_GROUPS,
    args: { id: t.arg.id({ required: true, description: 'The `grp_…` id of the group to show.' }) },
    resolve: async (_root, { id }, context) => {
      const uuid = uuidOf('grp', id);
      return uuid === undefined ? null : ((await loadGroup(context, uuid)) ?? null);
    },
  }),
);

builder.queryField('groups', (t) =>
  t.connection(
    {
      type: GroupType,
      description: 'All groups, in the order in which they were created.',
      access: READS_GROUPS,
      resolve: async (_root, args, context) => {
        const page = parsePageArguments(args);
        return toConnection(context, await listGroups(context.sql, page), page, byCreation);
      },
    },
    GroupConnection,
  ),
);
