import { reportFailure } from '../../store/connection/outage.ts';
import { isTransientError } from '../../store/connection/sql-errors.ts';
import type { Readiness } from '../../store/readiness.ts';
import type { Handler, HttpContext } from '../context.ts';

/** GET /healthz: the process responds. */
export function healthz(ctx: HttpContext): void {
  ctx.body = { status: 'ok' };
}

/**
 * GET /readyz: the node can serve requests. A load balancer removes a node that responds 503, before the node stops. Anyone can
 * request it, so the reason is only logged.
 */
export function readyzHandler(readiness: Readiness, stopping: AbortSignal): Handler {
  const isReady = readinessLogger(readiness);
  return async (ctx) => {
    const status = stopping.aborted ? 'shutting down' : (await isReady(ctx)) ? 'ok' : 'not ready';
    ctx.set('Cache-Control', 'no-store');
    if (status !== 'ok') {
      ctx.status = 503;
      ctx.set('Retry-After', '1');
    }
    ctx.body = { status };
  };
}

/** Logs the reason when it changes. Requests at the same time share one check, because it writes. */
function readinessLogger(readiness: Readiness): (ctx: HttpContext) => Promise<boolean> {
  let lastProblem: string | undefined;
  let current: Promise<string | undefined> | undefined;
  return async ({ state: { now, log, origin } }) => {
    try {
      current ??= readiness(now).finally(() => {
        current = undefined;
      });
      const problem = await current;
      if (problem !== lastProblem) log.warn({ problem }, problem === undefined ? 'ready again' : 'not ready');
      lastProblem = problem;
      return problem === undefined;
    } catch (error) {
      if (isTransientError(error)) reportFailure(log, error, origin.requestId);
      else log.error({ err: error }, 'not ready');
      return false;
    }
  };
}
