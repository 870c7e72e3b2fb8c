import { optional } from '../../oauth/params.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { endSession } from '../../store/end-session.ts';
import { prefixedId, uuidOf } from '../../store/prefixed-id.ts';
import { listSessions } from '../../store/sessions.ts';
import { sessionsSection } from '../pages/account-sessions.ts';
import type { AccountForm } from './account-form.ts';

export const sessions: AccountForm = {
  done: 'That browser is signed out.',
  change: async ({ state }, { now, origin }, userId, params) => {
    const id = uuidOf('ses', optional(params, 'session') ?? '');
    // A session that has already ended is not an error, because the user wanted it to end.
    if (id !== undefined) await endSession(entityManager(state.database), { id, userId }, now, origin);
  },
  show: async ({ state: { sql, now } }, { section, session }) => {
    const open = await listSessions(sql, session.user_id, now);
    const shown = open.map(({ id, signed_in_at, ip, browser }) => ({
      id: prefixedId('ses', id),
      current: id === session.id,
      signedInAt: signed_in_at,
      ip: ip ?? undefined,
      browser: browser ?? undefined,
    }));
    return sessionsSection(section, shown);
  },
};
