import { isRegisteredOrigin } from '../oauth/clients/web-origins.ts';
import { isTransientError } from '../store/connection/sql-errors.ts';
import type { HttpContext } from './context.ts';

/** The origins whose scripts may read responses: all origins for public documents, otherwise those of registered clients. */
export type Cors = 'any' | 'listed';

/** Seconds for which a browser may cache a preflight response. */
const MAX_AGE = '600';

/**
 * Fetch §3.2: sets the CORS headers before the handler runs, so that scripts can also read errors. Credentials are never
 * allowed, because none of these endpoints uses cookies. An origin that is not listed gets no CORS headers.
 */
export async function allowOrigin(ctx: HttpContext, cors: Cors, methods: string): Promise<void> {
  if (cors === 'any') {
    ctx.set('Access-Control-Allow-Origin', '*');
  } else {
    // Nothing has set Vary yet, so nothing is overwritten.
    ctx.res.setHeader('Vary', 'Origin');
    const origin = ctx.req.headers.origin ?? '';
    if (origin === '' || origin === ctx.state.config.issuer || !(await isListed(ctx, origin))) return;
    ctx.set('Access-Control-Allow-Origin', origin);
  }
  ctx.set('Access-Control-Expose-Headers', 'WWW-Authenticate, Retry-After, X-Request-Id');
  if (ctx.method !== 'OPTIONS') return;
  // The asterisk covers all headers except Authorization.
  ctx.set({
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': 'Authorization, *',
    'Access-Control-Max-Age': MAX_AGE,
  });
}

/** If the database is unavailable, the handler itself responds with that error. */
async function isListed({ state: { sql } }: HttpContext, origin: string): Promise<boolean> {
  try {
    return await isRegisteredOrigin(sql, origin);
  } catch (error) {
    if (isTransientError(error)) return false;
    throw error;
  }
}
