import { randomUUIDv7 } from 'node:crypto';
import { digest, makeHandle } from '../../crypto/secrets.ts';
import type { VerifiedCredentials } from '../../directory/credentials.ts';
import { secondsLater } from '../../oauth/lifetime.ts';
import { record } from '../../store/audit/record.ts';
import { openSession } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import { describeBrowser } from './browser-name.ts';
import { ensureKnownBrowser } from './known-browser.ts';
import { browserSecret, currentSession, setBrowserSecret } from './session.ts';

/**
 * Signs the user in under a new cookie. A pending request moves to the new cookie. Returns false if the credentials are no
 * longer valid.
 */
export async function signIn(
  ctx: HttpContext,
  user: VerifiedCredentials,
  handle: string | undefined,
): Promise<boolean> {
  const { sql, now, origin, config } = ctx.state;
  const secret = makeHandle();
  const expiresAt = secondsLater(now, config.sessionTtl);
  const known = ensureKnownBrowser(ctx);
  const device = { ip: origin.ip, browser: describeBrowser(ctx.get('User-Agent')) };
  const session = { id: randomUUIDv7(), digest: digest(secret), now, expiresAt, known, ...device };
  const pendingDigest = handle === undefined ? undefined : digest(handle);
  const previous = await currentSession(ctx);
  // Another user was signed in here. Their session ends, and the apps they used are notified.
  if (previous && previous.user_id !== user.id) {
    // The import loads the entity manager, which few sign-ins need.
    const { signOutOf } = await import('./sign-out.ts');
    await signOutOf(ctx, { id: previous.id, userId: previous.user_id });
  }
  if (!(await openSession(sql, session, user, digest(browserSecret(ctx) ?? ''), pendingDigest))) return false;
  setBrowserSecret(ctx, secret);
  await record(sql, { kind: 'sign_in.succeeded', at: now, actorId: user.id, origin });
  return true;
}
