import { revokeToken } from '../oauth/token-revocation.ts';
import { readClientRequest } from './client-request.ts';
import type { HttpContext } from './context.ts';

/** RFC 7009 §2: POST /oauth/revoke */
export async function revoke(ctx: HttpContext): Promise<void> {
  const { header, params } = await readClientRequest(ctx);
  await revokeToken(ctx.state, header, params);
  ctx.body = '';
  ctx.status = 200;
}
