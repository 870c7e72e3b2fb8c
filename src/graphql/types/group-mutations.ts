import { DomainError } from '../../directory/error.ts';
import { addGroupMember, removeGroupMember } from '../../directory/group-members.ts';
import { createGroup, deleteGroup, updateGroup } from '../../directory/groups.ts';
import { uuidOf } from '../../store/prefixed-id.ts';
import type { AccessRule } from '../access.ts';
import { actorOf } from '../actor.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { GroupType, loadTeam } from './group.ts';
import { PermissionType } from './permission.ts';
import { loadPerson, UserType } from './user.ts';
import { userRow } from './user-mutations.ts';

const MANAGES_GROUPS = { scopes: [['write', 'groups']], permission: 'MANAGE_GROUPS' } as const satisfies AccessRule;

function groupRow(id: string, field = 'id'): string {
  const uuid = uuidOf('grp', id);
  if (uuid === undefined) throw new DomainError('NOT_FOUND', 'There is no such group', [field]);
  return uuid;
}

const changedGroup = {
  type: GroupType,
  description: 'The group as it is now; null if nothing was done.',
  nullable: true,
} as const;
const permissionsInput = 'What its members may do: nothing that you do not hold yourself.';

builder.relayMutationField(
  'createGroup',
  {
    description: 'The group to create.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'At most 150 visible characters. Unique, whatever its capitals.' }),
      permissions: t.field({ type: [PermissionType], description: permissionsInput }),
    }),
  },
  {
    description: 'Creates an empty group.',
    nullable: true,
    access: MANAGES_GROUPS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, permissions } = input;
        const { id } = await createGroup(context.em, actorOf(context), { name, permissions });
        return { group: await loadTeam(context, id) };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'updateGroup',
  {
    description: 'What to change. Left out or null: it stays as it is.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'A `grp_…` id.' }),
      name: t.string({ description: 'A new name.' }),
      permissions: t.field({
        type: [PermissionType],
        description: `Take the place of the earlier ones. ${permissionsInput}`,
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
        const { id } = await updateGroup(context.em, actorOf(context), groupRow(input.id), { name, permissions });
        return { group: await loadTeam(context, id) };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteGroup',
  {
    description: 'The group to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'A `grp_…` id.' }) }),
  },
  {
    description: 'Deletes a group; its members stay, without what it gave them.',
    nullable: true,
    access: MANAGES_GROUPS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteGroup(context.em, actorOf(context), groupRow(input.id));
        return { deletedGroupId: input.id };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      deletedGroupId: t.id({
        description: 'The id that was; null if nothing was done.',
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
      description: 'Who, and which group.',
      inputFields: (t) => ({
        groupId: t.id({ required: true, description: 'A `grp_…` id.' }),
        userId: t.id({ required: true, description: 'A `usr_…` id.' }),
      }),
    },
    {
      description,
      nullable: true,
      access: MANAGES_GROUPS,
      resolve: (_root, { input }, context) =>
        attempt(async () => {
          const [groupId, userId] = [groupRow(input.groupId, 'groupId'), userRow(input.userId, 'userId')];
          await change(context.em, actorOf(context), groupId, userId);
          return { group: await loadTeam(context, groupId), user: await loadPerson(context, userId) };
        }),
    },
    {
      description: 'What came of it.',
      outputFields: (t) => ({
        group: t.field({ ...changedGroup, resolve: ({ group }) => group }),
        user: t.field({
          type: UserType,
          description: 'The user as they are now; null if nothing was done.',
          nullable: true,
          resolve: ({ user }) => user,
        }),
        errors: t.field(errorsOption),
      }),
    },
  );
}
