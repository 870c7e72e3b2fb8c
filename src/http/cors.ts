import { isRegisteredOrigin } from '../oauth/clients/web-origins.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import type { HttpContext } from './context.ts';

/** Who may read answers from a script elsewhere: everybody, where nothing is anybody's own, or the origins of registered clients. */
export type Cors = 'any' | 'listed';

/** Seconds for which a browser need not ask again. */
const MAX_AGE = '600';

/**
 * Fetch §3.2: says so before the handler runs, so that errors can be read as well. Never with credentials: a cookie counts at
 * none of these endpoints. To an origin that is not listed nothing is said.
 */
export async function allowOrigin(ctx: HttpContext, cors: Cors, methods: string): Promise<void> {
  if (cors === 'any') {
    ctx.set('Access-Control-Allow-Origin', '*');
  } else {
    // Nobody has varied anything yet.
    ctx.res.setHeader('Vary', 'Origin');
    const origin = ctx.req.headers.origin ?? '';
    if (origin === '' || origin === ctx.state.config.issuer || !(await listed(ctx, origin))) return;
    ctx.set('Access-Control-Allow-Origin', origin);
  }
  ctx.set('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After, X-Request-Id');
  if (ctx.method !== 'OPTIONS') return;
  // The asterisk stands for all headers but Authorization.
  ctx.set({
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': 'Authorization, *',
    'Access-Control-Max-Age': MAX_AGE,
  });
}

/** While the database is away the handler says so, in its own words. */
async function listed({ state: { sql } }: HttpContext, origin: string): Promise<boolean> {
  try {
    return await isRegisteredOrigin(sql, origin);
  } catch (error) {
    if (isTransientError(error)) return false;
    throw error;
  }
}
