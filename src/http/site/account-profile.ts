import { updateUser } from '../../directory/update-user.ts';
import { optional } from '../../oauth/params.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { profileSection } from '../pages/account-profile.ts';
import { type AccountForm, typedOr } from './account-form.ts';

export const profile: AccountForm = {
  done: 'Your name is saved.',
  change: ({ state }, actor, userId, params) => {
    const [firstName, lastName] = [optional(params, 'firstName') ?? '', optional(params, 'lastName') ?? ''];
    return updateUser(entityManager(state.database), actor, userId, { firstName, lastName });
  },
  show: (_, { section, user, rejected }) =>
    profileSection(section, {
      firstName: typedOr(user.firstName, rejected, 'firstName'),
      lastName: typedOr(user.lastName, rejected, 'lastName'),
    }),
};
