import type { HttpContext } from './context.ts';

/** Redirects with 303. Koa's own redirect rewrites the target and prints it in the body; this keeps it byte for byte. */
export function seeOther(ctx: HttpContext, location: string): void {
  ctx.status = 303;
  ctx.set('Location', location);
  ctx.body = null;
  ctx.status = 303;
}

/** RFC 9700 §4.2: a redirect to a client carries a code or an error, which must not leak in a Referer. */
export function sendToClient(ctx: HttpContext, location: string): void {
  ctx.set('Referrer-Policy', 'no-referrer');
  seeOther(ctx, location);
}
