import { optional } from '../../oauth/params.ts';
import { handleTokenRequest } from '../../oauth/tokens/grants/token-request.ts';
import type { HttpContext } from '../context.ts';
import { sendJson } from '../json.ts';
import { readClientRequest } from './client-request.ts';

/** RFC 6749 §3.2: POST /oauth/token */
export async function token(ctx: HttpContext): Promise<void> {
  const { header, params } = await readClientRequest(ctx);
  sendJson(ctx, await handleTokenRequest(ctx.state, header, params));
  ctx.state.measurements.countTokens(optional(params, 'grant_type') ?? '');
}
