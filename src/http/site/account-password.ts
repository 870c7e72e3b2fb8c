import { DomainError } from '../../directory/error.ts';
import { setPassword } from '../../directory/set-password.ts';
import { optional } from '../../oauth/params.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { passwordSection } from '../pages/account-password.ts';
import type { AccountForm } from './account-form.ts';
import { changeCookie } from './session.ts';

export const password: AccountForm = {
  done: 'Your password is changed. You are signed out everywhere else, and apps must ask you for access again.',
  change: async (ctx, actor, userId, params) => {
    const change = {
      password: optional(params, 'password') ?? '',
      currentPassword: optional(params, 'currentPassword'),
    };
    if (change.password !== optional(params, 'repeated'))
      throw new DomainError('INVALID', 'The two passwords are not the same', ['repeated']);
    await setPassword(entityManager(ctx.state.database), ctx.state.limits, actor, userId, change);
    // This session stays signed in, so a stolen copy of its cookie must stop working.
    await changeCookie(ctx);
  },
  show: (_, { section }) => passwordSection(section),
};
