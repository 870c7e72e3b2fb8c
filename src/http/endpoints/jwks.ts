import type { HttpContext } from '../context.ts';
import { allowPublicCaching } from '../headers.ts';

/** RFC 7517 §5: GET /oauth/jwks */
export async function jwks(ctx: HttpContext): Promise<void> {
  const keys = await ctx.state.signingKeys.published(ctx.state.now);
  allowPublicCaching(ctx);
  ctx.type = 'application/jwk-set+json';
  ctx.body = JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
}
