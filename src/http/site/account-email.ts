import { updateOwnEmail } from '../../directory/update-own-email.ts';
import { optional } from '../../oauth/params.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { emailSection } from '../pages/account-email.ts';
import { type AccountForm, typedOr } from './account-form.ts';

export const email: AccountForm = {
  done: 'Your email is saved.',
  change: ({ state }, actor, userId, params) => {
    const change = { email: optional(params, 'email') ?? null, currentPassword: optional(params, 'currentPassword') };
    return updateOwnEmail(entityManager(state.database), state.limits, actor, userId, change);
  },
  show: (_, { section, user, rejected }) =>
    emailSection(section, {
      email: typedOr(user.email ?? '', rejected, 'email'),
      emailVerified: user.emailVerified,
    }),
};
