import { updateUserWithPassword } from '../../directory/update-user-with-password.ts';
import { optional } from '../../oauth/params.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { emailSection } from '../pages/account-email.ts';
import { type AccountForm, typedOr } from './account-form.ts';

export const email: AccountForm = {
  done: 'Your email is saved.',
  change: ({ state }, actor, userId, params) => {
    const email = optional(params, 'email') ?? null;
    const password = optional(params, 'currentPassword');
    return updateUserWithPassword(entityManager(state.database), state.limits, actor, userId, { email }, password);
  },
  show: (_, { section, user, rejected }) =>
    emailSection(section, {
      email: typedOr(user.email ?? '', rejected, 'email'),
      emailVerified: user.emailVerified,
      emailClaimed: user.emailClaimed,
    }),
};
