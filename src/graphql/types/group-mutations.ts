import { DomainError } from '../../directory/error.ts';
import { addGroupMember, removeGroupMember } from '../../directory/group-members.ts';
import { createGroup, deleteGroup, updateGroup } from '../../directory/groups.ts';
import { uuidOf } from '../../store/prefixed-id.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { GroupType, loadGroup } from './group.ts';
import { PermissionType } from './permission.ts';
import { loadUser, UserType } from './user.ts';
import { userRow } from './user-mutations.ts';

const MANAGES_GROUPS = { scopes: [['write', 'groups']], permission: 'MANAGE_GROUPS' } as const satisfies AccessRule;

function groupRow(id: string, field = 'id'): string {
  const uuid = uuidOf('grp', id);
  if (uuid === undefined) throw new DomainError('NOT_FOUND', 'There is no such group', [field]);
  return uuid;
}

const changedGroup = {
  type: GroupType,
  description: 'The group after the change. Null if nothing was changed.',
  nullable: true,
} as const;
const permissionsInput = 'Permissions that every member gets. You can grant only permissions that you hold.';

builder.relayMutationField(
  'createGroup',
  {
    description: 'The name and permissions of the new group.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'At most 150 visible characters, unique ignoring case.',
      }),
      permissions: t.field({ type: [PermissionType], description: permissionsInput }),
    }),
  },
  {
    description: 'Creates a group without members.',
    nullable: true,
    access: MANAGES_GROUPS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, permissions } = input;
        const { id } = await createGroup(context.em(), actorOf(context), { name, permissions });
        return { group: await loadGroup(context, id) };
      }),
  },
  {
    description: 'The new group, or the errors in the input.',
    outputFields: (t) => ({
      group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'updateGroup',
  {
    description: 'The changes to a group. Fields that are omitted or null stay as they are.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The `grp_…` id of the group to change.' }),
      name: t.string({
        description: 'A new name: at most 150 visible characters, unique ignoring case.',
      }),
      permissions: t.field({
        type: [PermissionType],
        description: `${permissionsInput} They replace all earlier ones.`,
      }),
    }),
  },
  {
    description: 'Changes a group. You must hold its permissions, both before and after the change.',
    nullable: true,
    access: MANAGES_GROUPS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, permissions } = input;
        const { id } = await updateGroup(context.em(), actorOf(context), groupRow(input.id), { name, permissions });
        return { group: await loadGroup(context, id) };
      }),
  },
  {
    description: 'The group after the change, or the errors in the input.',
    outputFields: (t) => ({
      group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteGroup',
  {
    description: 'The group to delete, by its id.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The `grp_…` id of the group to delete.' }) }),
  },
  {
    description: 'Deletes a group. Its members lose the permissions of the group. The users are not deleted.',
    nullable: true,
    access: MANAGES_GROUPS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteGroup(context.em(), actorOf(context), groupRow(input.id));
        return { deletedGroupId: input.id };
      }),
  },
  {
    description: 'The id of the deleted group, or the errors in the input.',
    outputFields: (t) => ({
      deletedGroupId: t.id({
        description: 'The `grp_…` id from the input. Null if nothing was deleted.',
        nullable: true,
        resolve: ({ deletedGroupId }) => deletedGroupId,
      }),
      errors: t.field(errorsOption),
    }),
  },
);

const changes = {
  addGroupMember: {
    change: addGroupMember,
    description: 'Adds a user to a group. You must hold all permissions of the group and of the user.',
  },
  removeGroupMember: {
    change: removeGroupMember,
    description: 'Removes a user from a group. You must hold all permissions of the group and of the user.',
  },
};

for (const [name, { change, description }] of Object.entries(changes)) {
  builder.relayMutationField(
    name,
    {
      description: 'The ids of a user and of a group.',
      inputFields: (t) => ({
        groupId: t.id({ required: true, description: 'The `grp_…` id of the group whose members change.' }),
        userId: t.id({ required: true, description: 'The `usr_…` id of the user to add or remove.' }),
      }),
    },
    {
      description,
      nullable: true,
      access: MANAGES_GROUPS,
      resolve: (_root, { input }, context) =>
        attempt(async () => {
          const [groupId, userId] = [groupRow(input.groupId, 'groupId'), userRow(input.userId, 'userId')];
          await change(context.em(), actorOf(context), groupId, userId);
          return { group: await loadGroup(context, groupId), user: await loadUser(context, userId) };
        }),
    },
    {
      description: 'The group and the user after the change, or the errors in the input.',
      outputFields: (t) => ({
        group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
        user: t.field({
          type: UserType,
          description: 'The user after the change. Null if nothing was changed.',
          nullable: true,
          resolve: ({ user }) => user,
        }),
        errors: t.field(errorsOption),
      }),
    },
  );
}
