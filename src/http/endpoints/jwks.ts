import { SIGNING_ALGORITHM_NAMES } from '../../oauth/keys/signing-algorithm.ts';
import type { HttpContext } from '../context.ts';
import { allowPublicCaching } from '../headers.ts';

/** RFC 7517 §5: GET /oauth/jwks */
export async function jwks(ctx: HttpContext): Promise<void> {
  const keys = await ctx.state.signingKeys.published(ctx.state.now);
  // RS256 comes first, because some libraries use the first key, whatever its kid and type are.
  const ordered = SIGNING_ALGORITHM_NAMES.flatMap((name) => keys.filter(({ algorithm }) => algorithm === name));
  allowPublicCaching(ctx);
  ctx.type = 'application/jwk-set+json';
  ctx.body = JSON.stringify({ keys: ordered.map(({ jwk }) => jwk) });
}
