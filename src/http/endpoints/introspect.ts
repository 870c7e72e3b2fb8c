import { introspectToken } from '../../oauth/tokens/introspection.ts';
import type { HttpContext } from '../context.ts';
import { sendJson } from '../json.ts';
import { readClientRequest } from './client-request.ts';

/** RFC 7662 §2: POST /oauth/introspect */
export async function introspect(ctx: HttpContext): Promise<void> {
  const { header, params } = await readClientRequest(ctx);
  sendJson(ctx, await introspectToken(ctx.state, header, params));
}
