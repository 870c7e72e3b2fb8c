import type { HttpContext } from './context.ts';

/** An object as Koa would send it. To Koa it could be a stream or a type of its own, and each look costs. */
export function sendJson(ctx: HttpContext, body: object): void {
  ctx.res.setHeader('Content-Type', 'application/json; charset=utf-8');
  ctx.response.body = JSON.stringify(body);
}
