import { digest, makeHandle } from '../../crypto/secrets.ts';
import { findSession, replaceCookie, type SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';

/** 256 bits in base64url, as makeHandle makes them. */
const HANDLE = /^[A-Za-z0-9_-]{43}$/;

/** `__Host-` binds the cookie to this very host; it needs Secure, which browsers grant on loopback http too. */
function cookie(ctx: HttpContext, name: string): { name: string; secure: boolean } {
  const { issuer, issuerIsLoopback } = ctx.state.config;
  const secure = issuerIsLoopback || issuer.startsWith('https://');
  return { name: secure ? `__Host-${name}` : name, secure };
}

/** True for what can be one of our handles; nothing else may become a cookie, or be looked for. */
export const isHandle = (text: string): boolean => HANDLE.test(text);

/** The value of one of our cookies; undefined for anything we did not make. */
export function readCookie(ctx: HttpContext, name: string): string | undefined {
  const value = ctx.cookies.get(cookie(ctx, name).name);
  return value !== undefined && isHandle(value) ? value : undefined;
}

/** Sets one of our cookies until the browser closes, or takes it away. */
export function writeCookie(ctx: HttpContext, name: string, value: string | undefined): void {
  const { name: full, secure } = cookie(ctx, name);
  // Koa does not see the TLS of a proxy in front, nor that loopback needs none.
  ctx.cookies.secure = secure;
  ctx.cookies.set(full, value ?? null, { httpOnly: true, secure, sameSite: 'lax', path: '/', overwrite: true });
}

const NAME = 'gatehouse';

/** The secret this browser holds, signed in or not. */
export const browserSecret = (ctx: HttpContext): string | undefined => readCookie(ctx, NAME);

export const setBrowserSecret = (ctx: HttpContext, secret: string): void => writeCookie(ctx, NAME, secret);

/** What it holds; a browser that holds none is given one. */
export function ensureBrowserSecret(ctx: HttpContext): string {
  const known = browserSecret(ctx);
  if (known !== undefined) return known;
  const secret = makeHandle();
  setBrowserSecret(ctx, secret);
  return secret;
}

/** Who is signed in here. */
export async function currentSession(ctx: HttpContext): Promise<SessionRow | undefined> {
  const secret = browserSecret(ctx);
  return secret === undefined ? undefined : findSession(ctx.state.sql, digest(secret), ctx.state.now);
}

/** A new cookie in place of the old one: a copy of that is worth nothing from here on. */
export async function changeCookie(ctx: HttpContext): Promise<void> {
  const secret = makeHandle();
  await replaceCookie(ctx.state.sql, digest(browserSecret(ctx) ?? ''), digest(secret));
  setBrowserSecret(ctx, secret);
}
