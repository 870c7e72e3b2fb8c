import type { HttpContext } from './context.ts';

/** 303 after a POST and everywhere else: an empty body, and the target byte for byte (Koa's redirect rewrites it and prints it). */
export function seeOther(ctx: HttpContext, location: string): void {
  ctx.status = 303;
  ctx.set('Location', location);
  ctx.body = null;
  ctx.status = 303;
}

/** RFC 9700 §4.2: an answer to a client carries a code or an error; neither may leak by Referer or cache. */
export function sendToClient(ctx: HttpContext, location: string): void {
  ctx.set('Referrer-Policy', 'no-referrer');
  seeOther(ctx, location);
}
