import { deleteUser } from '../../directory/delete-user.ts';
import { DomainError } from '../../directory/error.ts';
import { registerUser } from '../../directory/register-user.ts';
import { setPassword } from '../../directory/set-password.ts';
import { updateUser } from '../../directory/update-user.ts';
import { uuidOf } from '../../store/prefixed-id.ts';
import { actorOf } from '../actor.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { loadPerson, UserType } from './user.ts';

/** The row of a user id in the input. */
export function userRow(id: string, field = 'id'): string {
  const uuid = uuidOf('usr', id);
  if (uuid === undefined) throw new DomainError('NOT_FOUND', 'There is no such user', [field]);
  return uuid;
}

const changedUser = {
  type: UserType,
  description: 'The user as they are now; null if nothing was done.',
  nullable: true,
} as const;

builder.relayMutationField(
  'createUser',
  {
    description: 'The account to create.',
    inputFields: (t) => ({
      username: t.string({
        required: true,
        description: 'At most 150 visible characters, no @. Unique, whatever its capitals.',
      }),
      email: t.string({ description: 'Unique, whatever its capitals.' }),
      password: t.string({ description: '8 to 1024 characters. Left out: they cannot sign in with a password.' }),
      firstName: t.string({ description: 'Their first name.' }),
      lastName: t.string({ description: 'Their last name.' }),
      attributes: t.field({ type: 'JSONObject', description: 'Whatever you keep with them, up to 16 KB.' }),
      emailVerified: t.boolean({ description: 'That you know the address to be theirs.' }),
      superuser: t.boolean({ description: 'To hold every permission: only a superuser may say so.' }),
    }),
  },
  {
    description: 'Creates a user.',
    nullable: true,
    access: { scopes: [['write']], permission: 'MANAGE_USERS' },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { username, email, password, firstName, lastName, attributes, emailVerified, superuser } = input;
        const fields = { username, email, password, firstName, lastName, attributes, emailVerified, superuser };
        const { id } = await registerUser(context.em, actorOf(context), fields);
        return { user: await loadPerson(context, id) };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'updateUser',
  {
    description: 'What to change. Left out or null: it stays as it is, save that a null `email` removes it.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'A `usr_…` id.' }),
      username: t.string({ description: 'Needs MANAGE_USERS.' }),
      email: t.string({ description: 'A new address counts as not verified.' }),
      emailVerified: t.boolean({ description: 'Needs MANAGE_USERS.' }),
      firstName: t.string({ description: 'Their first name.' }),
      lastName: t.string({ description: 'Their last name.' }),
      attributes: t.field({
        type: 'JSONObject',
        description: 'Takes the place of all earlier ones. Needs MANAGE_USERS.',
      }),
      disabled: t.boolean({ description: 'True ends all their sessions and tokens. Needs MANAGE_USERS.' }),
      superuser: t.boolean({ description: 'Only a superuser may make or unmake one; the last one stays.' }),
    }),
  },
  {
    description:
      'Changes a user: first name, last name and e-mail address of your own account, or anything with MANAGE_USERS.',
    nullable: true,
    access: { scopes: [['write']], permission: 'MANAGE_USERS', own: true },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { username, email, emailVerified, firstName, lastName, attributes, disabled, superuser } = input;
        const changes = { username, email, emailVerified, firstName, lastName, attributes, disabled, superuser };
        const { id } = await updateUser(context.em, actorOf(context), userRow(input.id), changes);
        return { user: await loadPerson(context, id) };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteUser',
  {
    description: 'The account to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'A `usr_…` id.' }) }),
  },
  {
    description: 'Deletes a user, with their sessions, consents, tokens, memberships and the clients they own.',
    nullable: true,
    access: { scopes: [['write']], permission: 'MANAGE_USERS' },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteUser(context.em, actorOf(context), userRow(input.id));
        return { deletedUserId: input.id };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The id that was; null if nothing was done.',
        nullable: true,
        resolve: ({ deletedUserId }) => deletedUserId,
      }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'setPassword',
  {
    description: 'A new password, and whose.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'A `usr_…` id.' }),
      password: t.string({ required: true, description: '8 to 1024 characters.' }),
      currentPassword: t.string({ description: 'Needed for your own account.' }),
    }),
  },
  {
    description:
      'Sets a password: your own with the current one, or with MANAGE_USERS. Ends all their tokens, and all their sessions but the one that did it.',
    nullable: true,
    access: { scopes: [['write']], permission: 'MANAGE_USERS', own: true },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { password, currentPassword } = input;
        const change = { password, currentPassword };
        const { id } = await setPassword(context.em, context.limits, actorOf(context), userRow(input.id), change);
        return { user: await loadPerson(context, id) };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);
