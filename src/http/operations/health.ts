import type { Readiness } from '../../store/readiness.ts';
import type { Handler, HttpContext } from '../context.ts';

/** GET /healthz: the process responds. */
export function healthz(ctx: HttpContext): void {
  ctx.body = { status: 'ok' };
}

/** GET /readyz: the node can serve requests. A load balancer removes a node that responds 503, before the node stops. */
export function readyzHandler(readiness: Readiness, stopping: AbortSignal): Handler {
  return async (ctx) => {
    const problem = stopping.aborted ? 'shutting down' : await findProblem(ctx, readiness);
    ctx.set('Cache-Control', 'no-store');
    if (problem !== undefined) {
      ctx.status = 503;
      ctx.set('Retry-After', '1');
    }
    ctx.body = { status: problem ?? 'ok' };
  };
}

async function findProblem({ state: { now, log } }: HttpContext, readiness: Readiness): Promise<string | undefined> {
  try {
    return await readiness(now);
  } catch (error) {
    log.warn({ err: error }, 'not ready');
    return 'the database does not respond';
  }
}
