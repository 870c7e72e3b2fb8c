import { PASSWORD_MAX, PASSWORD_MIN } from '../../crypto/password-length.ts';
import { deleteUser } from '../../directory/delete-user.ts';
import { DomainError } from '../../directory/error.ts';
import { registerUser } from '../../directory/register-user.ts';
import { setPassword } from '../../directory/set-password.ts';
import { updateUser } from '../../directory/update-user.ts';
import { uuidOf } from '../../store/prefixed-id.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { loadUser, UserType } from './user.ts';

/** The row of a user id in the input. */
export function userRow(id: string, field = 'id'): string {
  const uuid = uuidOf('usr', id);
  if (uuid === undefined) throw new DomainError('NOT_FOUND', 'There is no such user', [field]);
  return uuid;
}

const changedUser = {
  type: UserType,
  description: 'The user as they are now; null if nothing was changed.',
  nullable: true,
} as const;

builder.relayMutationField(
  'createUser',
  {
    description: 'The account to create, and what is known of the person.',
    inputFields: (t) => ({
      username: t.string({
        required: true,
        description:
          'What they will sign in with: at most 150 visible characters, no @; no two accounts differ only in capitals.',
      }),
      email: t.string({ description: 'Their e-mail address; no two accounts have the same, whatever its capitals.' }),
      password: t.string({
        description: `${PASSWORD_MIN} to ${PASSWORD_MAX} characters. Without one they cannot sign in with a password.`,
      }),
      firstName: t.string({
        description: 'Their first name: one line of at most 150 characters; an empty one removes it.',
      }),
      lastName: t.string({
        description: 'Their last name: one line of at most 150 characters; an empty one removes it.',
      }),
      attributes: t.field({
        type: 'JSONObject',
        description: 'Whatever you keep with an account, as JSON of up to 16 KB.',
      }),
      emailVerified: t.boolean({ description: 'True says that you know the e-mail address to be theirs.' }),
      superuser: t.boolean({ description: 'Whether they hold every permission: only a superuser may make one.' }),
    }),
  },
  {
    description: 'Creates an account for a person.',
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
    description: 'The new account, or why there is none.',
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
      'What to change about an account. What is left out or null stays as it is, save that a null `email` removes it.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'Which account to change, as a `usr_…` id.' }),
      username: t.string({ description: 'A new name to sign in with. Requires permission MANAGE_USERS.' }),
      email: t.string({ description: 'A new e-mail address, which counts as not verified; null removes it.' }),
      emailVerified: t.boolean({
        description: 'True says that you know the e-mail address to be theirs. Requires permission MANAGE_USERS.',
      }),
      firstName: t.string({
        description: 'Their first name: one line of at most 150 characters; an empty one removes it.',
      }),
      lastName: t.string({
        description: 'Their last name: one line of at most 150 characters; an empty one removes it.',
      }),
      attributes: t.field({
        type: 'JSONObject',
        description: 'Takes the place of all there was. Requires permission MANAGE_USERS.',
      }),
      disabled: t.boolean({
        description:
          'True ends all their sessions and tokens, and they cannot sign in. Requires permission MANAGE_USERS.',
      }),
      superuser: t.boolean({
        description:
          'Whether they hold every permission: only a superuser may make or unmake one, and the last one stays.',
      }),
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
        const { id } = await updateUser(context.em(), actorOf(context), userRow(input.id), changes);
        context.deliverLogoutTokens();
        return { user: await loadUser(context, id) };
      }),
  },
  {
    description: 'The account as it is now, or why it was not changed.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteUser',
  {
    description: 'Which account to delete.',
    inputFields: (t) => ({ id: t.id({ required: true, description: 'Which account to delete, as a `usr_…` id.' }) }),
  },
  {
    description:
      'Deletes an account with its sessions, consents, tokens, memberships and the clients it owns. It cannot be undone.',
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
    description: 'The account that is gone, or why it is not.',
    outputFields: (t) => ({
      deletedUserId: t.id({
        description: 'The id of the account that is gone; null if nothing was deleted.',
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
    description: 'A new password, and whose it is.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'Whose password to set, as a `usr_…` id.' }),
      password: t.string({
        required: true,
        description: `The new password: ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`,
      }),
      currentPassword: t.string({
        description: 'The password up to now: needed for your own account, whatever you may do besides.',
      }),
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
        const { id } = await setPassword(context.em(), context.limits, actorOf(context), userRow(input.id), change);
        context.deliverLogoutTokens();
        return { user: await loadUser(context, id) };
      }),
  },
  {
    description: 'Whose password was set, or why it was not.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);
