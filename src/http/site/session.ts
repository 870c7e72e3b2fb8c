import { digest, makeHandle } from '../../crypto/secrets.ts';
import { findSession, replaceCookie, type SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';

/** 256 bits in base64url, the format of makeHandle. */
const HANDLE = /^[A-Za-z0-9_-]{43}$/;

/**
 * `__Host-` binds the cookie to this host. It requires Secure, and Safari drops Secure cookies on http, also from localhost.
 * Cookies are shared by all ports of a host, so on http the port is in the name and several servers keep separate sessions.
 */
function cookie(ctx: HttpContext, name: string): { name: string; secure: boolean } {
  const { protocol, port } = new URL(ctx.state.config.issuer);
  const secure = protocol === 'https:';
  return { name: secure ? `__Host-${name}` : `${name}-${port || '80'}`, secure };
}

/** True if the text has the format of a handle. Anything else is neither stored in a cookie nor looked up. */
export const isHandle = (text: string): boolean => HANDLE.test(text);

/** The value of a cookie; undefined if it does not have the format of a handle. */
export function readCookie(ctx: HttpContext, name: string): string | undefined {
  const value = ctx.cookies.get(cookie(ctx, name).name);
  return value !== undefined && isHandle(value) ? value : undefined;
}

/** Sets a cookie for `seconds`, or else until the browser closes; or removes it if the value is undefined. */
export function writeCookie(ctx: HttpContext, name: string, value: string | undefined, seconds?: number): void {
  const { name: full, secure } = cookie(ctx, name);
  // Koa refuses Secure cookies on plain http, but TLS can end at a proxy.
  ctx.cookies.secure = secure;
  const lifetime = seconds === undefined ? {} : { maxAge: seconds * 1000 };
  const options = { httpOnly: true, secure, sameSite: 'lax', path: '/', overwrite: true, ...lifetime } as const;
  ctx.cookies.set(full, value ?? null, options);
}

const NAME = 'gatehouse';

/** The secret in this browser's cookie, whether a user is signed in or not. */
export const browserSecret = (ctx: HttpContext): string | undefined => readCookie(ctx, NAME);

export const setBrowserSecret = (ctx: HttpContext, secret: string): void => writeCookie(ctx, NAME, secret);

/** The secret of this browser; creates one if there is none. */
export function ensureBrowserSecret(ctx: HttpContext): string {
  const existing = browserSecret(ctx);
  if (existing !== undefined) return existing;
  const secret = makeHandle();
  setBrowserSecret(ctx, secret);
  return secret;
}

/** The active session of this browser; undefined if nobody is signed in. */
export async function currentSession(ctx: HttpContext): Promise<SessionRow | undefined> {
  const secret = browserSecret(ctx);
  return secret === undefined ? undefined : findSession(ctx.state.sql, digest(secret), ctx.state.now);
}

/** Replaces the cookie and keeps the session, so that a stolen copy of the old cookie stops working. */
export async function changeCookie(ctx: HttpContext): Promise<void> {
  const secret = makeHandle();
  await replaceCookie(ctx.state.sql, digest(browserSecret(ctx) ?? ''), digest(secret));
  setBrowserSecret(ctx, secret);
}
