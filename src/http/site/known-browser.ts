import { digest, makeHandle } from '../../crypto/secrets.ts';
import { type Account, attemptKey } from '../../directory/credentials.ts';
import { secondsLater } from '../../oauth/lifetime.ts';
import { isKnownBrowser } from '../../store/known-browsers.ts';
import { type Attempt, strangersAttempt } from '../../store/rate-limits.ts';
import type { HttpContext } from '../context.ts';
import { readCookie, writeCookie } from './session.ts';

const NAME = 'gatehouse-known';

/** Seconds: 180 days after the last sign-in. */
const LIFETIME = 180 * 86_400;

/** Gives the browser a cookie by which it is known, or extends the one it has. The value is random and says nothing about accounts. */
export function ensureKnownBrowser(ctx: HttpContext): { digest: Buffer; expiresAt: Date } {
  const secret = readCookie(ctx, NAME) ?? makeHandle();
  writeCookie(ctx, NAME, secret, LIFETIME);
  return { digest: digest(secret), expiresAt: secondsLater(ctx.state.now, LIFETIME) };
}

/**
 * What a failed sign-in counts for, and where it waits. In a browser where the account signed in before, it counts for that
 * browser alone, so that nobody else's failures can keep its owner out (OWASP: device cookies).
 */
export async function signInAttempt(
  ctx: HttpContext,
  username: string,
  account: Account | undefined,
): Promise<Attempt> {
  const { sql, now, origin } = ctx.state;
  const key = attemptKey(username, account);
  const secret = readCookie(ctx, NAME);
  if (secret !== undefined && (await isKnownBrowser(sql, digest(secret), account?.id, now)) && account) {
    const browser = digest(secret).toString('base64url');
    // By account first, because each user has up to fifty browsers.
    const shares = [account.id, browser];
    return { counts: { account: [...key, 'browser', browser] }, place: { lane: 'known', shares } };
  }
  return strangersAttempt(key, origin.ip);
}
