import type { Readiness } from '../../store/readiness.ts';
import type { Handler, HttpContext } from '../context.ts';

/** GET /healthz: the process is alive. */
export function healthz(ctx: HttpContext): void {
  ctx.body = { status: 'ok' };
}

/** GET /readyz: it can serve. Whoever spreads the requests takes a node out that says 503, before it is gone. */
export function readyzHandler(readiness: Readiness, stopping: AbortSignal): Handler {
  return async (ctx) => {
    const hindrance = stopping.aborted ? 'this process is about to end' : await hindranceOf(ctx, readiness);
    ctx.set('Cache-Control', 'no-store');
    if (hindrance !== undefined) {
      ctx.status = 503;
      ctx.set('Retry-After', '1');
    }
    ctx.body = { status: hindrance ?? 'ok' };
  };
}

async function hindranceOf({ state: { now, log } }: HttpContext, readiness: Readiness): Promise<string | undefined> {
  try {
    return await readiness(now);
  } catch (error) {
    log.warn({ err: error }, 'not ready');
    return 'the database does not answer';
  }
}
