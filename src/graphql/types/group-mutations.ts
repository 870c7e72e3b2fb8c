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
  description: 'The group as it is now; null if nothing was changed.',
  nullable: true,
} as const;
const permissionsInput = 'What its members may do beyond what everybody may: nothing that you do not hold yourself.';

builder.relayMutationField(
  'createGroup',
  {
    description: 'The group to create, and what it gives.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description: 'What to call it: at most 150 visible characters; no two groups differ only in capitals.',
      }),
      permissions: t.field({ type: [PermissionType], description: permissionsInput }),
    }),
  },
  {
    description: 'Creates a group, which has no members yet.',
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
    description: 'The new group, or why there is none.',
    outputFields: (t) => ({
      group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'updateGroup',
  {
    description: 'What to change about a group. What is left out or null stays as it is.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'Which group to change, as a `grp_…` id.' }),
      name: t.string({
        description: 'A new name for it: at most 150 visible characters; no two groups differ only in capitals.',
      }),
      permissions: t.field({
        type: [PermissionType],
        description: `${permissionsInput} These take the place of all there were.`,
      }),
    }),
  },
  {
    description: 'Changes a group. You must hold what it gives now, and what it will give.',
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
    description: 'The group as it is now, or why it was not changed.',
    outputFields: (t) => ({
      group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteGroup',
  {
    description: 'Which group to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'Which group to delete, as a `grp_…` id.' }) }),
  },
  {
    description: 'Deletes a group. Its members stay, without what it gave them.',
    nullable: true,
    access: MANAGES_GROUPS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteGroup(context.em(), actorOf(context), groupRow(input.id));
        return { deletedGroupId: input.id };
      }),
  },
  {
    description: 'The group that is gone, or why it is not.',
    outputFields: (t) => ({
      deletedGroupId: t.id({
        description: 'The id of the group that is gone; null if nothing was deleted.',
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
    description: 'Puts a user into a group. You must hold what the group gives, and what the user holds.',
  },
  removeGroupMember: {
    change: removeGroupMember,
    description: 'Takes a user out of a group. You must hold what the group gives, and what the user holds.',
  },
};

for (const [name, { change, description }] of Object.entries(changes)) {
  builder.relayMutationField(
    name,
    {
      description: 'A user and a group.',
      inputFields: (t) => ({
        groupId: t.id({ required: true, description: 'Which group, as a `grp_…` id.' }),
        userId: t.id({ required: true, description: 'Which user, as a `usr_…` id.' }),
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
      description: 'The group and the user as they are now, or why nothing was changed.',
      outputFields: (t) => ({
        group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
        user: t.field({
          type: UserType,
          description: 'The user as they are now; null if nothing was changed.',
          nullable: true,
          resolve: ({ user }) => user,
        }),
        errors: t.field(errorsOption),
      }),
    },
  );
}
