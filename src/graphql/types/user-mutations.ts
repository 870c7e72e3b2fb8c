import { PASSWORD_MAX, PASSWORD_MIN } from '../../crypto/password-length.ts';
import { deleteUser } from '../../directory/delete-user.ts';
import { DomainError } from '../../directory/error.ts';
import { registerUser } from '../../directory/register-user.ts';
import { updateUserWithPassword } from '../../directory/update-user-with-password.ts';
import { uuidOf } from '../../store/prefixed-id.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { loadUser, UserType } from './user.ts';

/** The row id of a `usr_…` id in the input. Throws NOT_FOUND. */
export function userRow(id: string, field = 'id'): string {
  const uuid = uuidOf('usr', id);
  if (uuid === undefined) throw new DomainError('NOT_FOUND', 'There is no such user', [field]);
  return uuid;
}

export const changedUser = {
  type: UserType,
  description: 'The user after the change. Null if nothing was changed.',
  nullable: true,
} as const;

builder.relayMutationField(
  'createUser',
  {
    description: 'The details of the new user.',
    inputFields: (t) => ({
      username: t.string({
        required: true,
        description: 'The name for signing in: at most 150 visible characters without @, unique ignoring case.',
      }),
      email: t.string({ description: 'Email address, unique ignoring case.' }),
      password: t.string({
        description: `${PASSWORD_MIN} to ${PASSWORD_MAX} characters. If omitted, the user cannot sign in with a password.`,
      }),
      firstName: t.string({
        description: 'First name, one line of at most 150 characters. An empty string removes it.',
      }),
      lastName: t.string({
        description: 'Last name, one line of at most 150 characters. An empty string removes it.',
      }),
      attributes: t.field({
        type: 'JSONObject',
        description: 'Your own data about the user, as JSON of at most 16 KB.',
      }),
      emailVerified: t.boolean({
        description: 'True if you have verified that the email address belongs to the user.',
      }),
      superuser: t.boolean({ description: 'Whether the user has every permission. Only a superuser can set it.' }),
    }),
  },
  {
    description: 'Creates a user, with or without a password.',
    nullable: true,
    access: { scopes: [['write']], permission: 'MANAGE_USERS' },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { username, email, password, firstName, lastName, attributes, emailVerified, superuser } = input;
        const fields = { username, email, password, firstName, lastName, attributes, emailVerified, superuser };
        const { id } = await registerUser(context.em(), actorOf(context), fields);
        return { user: await loadUser(context, id) };
      }),
  },
  {
    description: 'The new user, or the errors in the input.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'updateUser',
  {
    description:
      'The changes to a user. Fields that are omitted or null stay as they are, except that a null `email` removes the address.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The `usr_…` id of the user to change.' }),
      username: t.string({ description: 'A new name for signing in. Requires permission MANAGE_USERS.' }),
      email: t.string({
        description:
          'A new email address, which is not verified at first. Null removes the address. Your own address requires currentPassword.',
      }),
      currentPassword: t.string({
        description: 'Your current password. Required to change your own email address, even with MANAGE_USERS.',
      }),
      emailVerified: t.boolean({
        description:
          'True if you have verified that the email address belongs to the user. Requires permission MANAGE_USERS.',
      }),
      firstName: t.string({
        description: 'First name, one line of at most 150 characters. An empty string removes it.',
      }),
      lastName: t.string({
        description: 'Last name, one line of at most 150 characters. An empty string removes it.',
      }),
      attributes: t.field({
        type: 'JSONObject',
        description: 'Replaces all earlier attributes. Requires permission MANAGE_USERS.',
      }),
      disabled: t.boolean({
        description:
          'True ends all sessions of the user, revokes all tokens and prevents sign-in. Requires permission MANAGE_USERS.',
      }),
      superuser: t.boolean({
        description:
          'Whether the user has every permission. Only a superuser can change it, and one superuser must remain.',
      }),
    }),
  },
  {
    description:
      'Changes a user. Without MANAGE_USERS you can change the names and the email address of your own account.',
    nullable: true,
    access: { scopes: [['write']], permission: 'MANAGE_USERS', own: true },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { username, email, emailVerified, firstName, lastName, attributes, disabled, superuser } = input;
        const changes = { username, email, emailVerified, firstName, lastName, attributes, disabled, superuser };
        const { id } = await updateUserWithPassword(
          context.em(),
          context.limits,
          actorOf(context),
          userRow(input.id),
          changes,
          input.currentPassword,
        );
        context.deliverLogoutTokens();
        return { user: await loadUser(context, id) };
      }),
  },
  {
    description: 'The user after the change, or the errors in the input.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteUser',
  {
    description: 'The user to delete, by the id.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'The `usr_…` id of the user to delete.' }) }),
  },
  {
    description:
      'Deletes a user with all sessions, consents, tokens, memberships and own clients. This cannot be undone.',
    nullable: true,
    access: { scopes: [['write']], permission: 'MANAGE_USERS' },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteUser(context.em(), actorOf(context), userRow(input.id));
        context.deliverLogoutTokens();
        return { deletedUserId: input.id };
      }),
  },
  {
    description: 'The id of the deleted user, or the errors in the input.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The `usr_…` id from the input. Null if nothing was deleted.',
        nullable: true,
        resolve: ({ deletedUserId }) => deletedUserId,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
