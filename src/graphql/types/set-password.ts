import { PASSWORD_MAX, PASSWORD_MIN } from '../../crypto/password-length.ts';
import { setPassword } from '../../directory/set-password.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { loadUser } from './user.ts';
import { changedUser, userRow } from './user-mutations.ts';

builder.relayMutationField(
  'setPassword',
  {
    description: 'The user and the new password.',
    inputFields: (t) => ({
      id: t.id({ required: true, description: 'The `usr_…` id of the user whose password is set.' }),
      password: t.string({
        required: true,
        description: `The new password, ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`,
      }),
      currentPassword: t.string({
        description: 'The current password. Required for your own account, even with MANAGE_USERS.',
      }),
    }),
  },
  {
    description:
      'Sets a password: your own with the current one, or that of another user with MANAGE_USERS. Revokes all tokens of the user and ends all other sessions.',
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
    description: 'The user whose password was set, or the errors in the input.',
    outputFields: (t) => ({
      user: t.field({ ...changedUser, resolve: ({ user }) => user }),
      errors: t.field(errorsOption),
    }),
  },
);
