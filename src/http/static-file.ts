import { createHash } from 'node:crypto';
import type { Handler } from './context.ts';

/** Serves a file that does not change while the process runs. Browsers cache it for an hour and then revalidate its ETag. */
export function staticFile(type: string, content: Buffer): Handler {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  return (ctx) => {
    ctx.set({ 'Cache-Control': 'public, max-age=3600', ETag: etag });
    ctx.status = 200;
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.type = type;
    ctx.body = content;
  };
}
