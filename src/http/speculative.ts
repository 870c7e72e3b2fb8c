import type { Handler } from './context.ts';

/**
 * RFC 9110 §9.2.1: HEAD is safe. A browser or a link preview also prefetches addresses that nobody has opened (`Sec-Purpose`, Fetch
 * §3.2). Neither may sign a user out or issue a code.
 */
export const unlessSpeculative =
  (handler: Handler): Handler =>
  (ctx) => {
    const purpose = ctx.get('Sec-Purpose') || ctx.get('Purpose');
    if (ctx.method !== 'HEAD' && !/\bprefetch\b/.test(purpose)) return handler(ctx);
    // A browser discards a prefetched response without content, and sends the request again when the user opens the link.
    ctx.status = 204;
    return undefined;
  };
