import { randomUUIDv7 } from 'node:crypto';
import { digest, makeHandle } from '../../crypto/secrets.ts';
import type { VerifiedCredentials } from '../../directory/credentials.ts';
import { secondsLater } from '../../oauth/lifetime.ts';
import { record } from '../../store/audit/record.ts';
import { openSession } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import { describeBrowser } from './browser-name.ts';
import { browserSecret, currentSession, setBrowserSecret } from './session.ts';

/** Seconds after which a person signs in again. */
const SESSION_TTL = 86_400;

/** Signs the person in under a new cookie, on the way to a pending request or not; false if the proof no longer holds. */
export async function signIn(
  ctx: HttpContext,
  user: VerifiedCredentials,
  handle: string | undefined,
): Promise<boolean> {
  const { sql, now, origin } = ctx.state;
  const secret = makeHandle();
  const expiresAt = secondsLater(now, SESSION_TTL);
  const seen = { ip: origin.ip, browser: describeBrowser(ctx.get('User-Agent')) };
  const session = { id: randomUUIDv7(), digest: digest(secret), now, expiresAt, ...seen };
  const goingOn = handle === undefined ? undefined : digest(handle);
  const before = await currentSession(ctx);
  // Somebody else was signed in here: that is the end of their session, for the apps as well.
  if (before && before.user_id !== user.id) {
    // It brings the entity manager along, which hardly any sign-in needs.
    const { signOutOf } = await import('./sign-out.ts');
    await signOutOf(ctx, { id: before.id, userId: before.user_id });
  }
  if (!(await openSession(sql, session, user, digest(browserSecret(ctx) ?? ''), goingOn))) return false;
  setBrowserSecret(ctx, secret);
  await record(sql, { kind: 'sign_in.succeeded', at: now, actorId: user.id, origin });
  return true;
}
