import { digest } from '../../crypto/secrets.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { endSession, type SessionRef } from '../../store/end-session.ts';
import type { HttpContext } from '../context.ts';
import { browserSecret, changeCookie } from './session.ts';

/** Ends the session in the database. Pending requests of the browser stay valid under a new cookie. */
export async function signOut(ctx: HttpContext): Promise<void> {
  await signOutOf(ctx, { digest: digest(browserSecret(ctx) ?? '') });
  await changeCookie(ctx);
}

export async function signOutOf(ctx: HttpContext, session: SessionRef): Promise<void> {
  const { database, now, origin, backchannel } = ctx.state;
  await endSession(entityManager(database), session, now, origin);
  backchannel.deliver();
}
