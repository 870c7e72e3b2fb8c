import { revokeByClient } from '../../oauth/tokens/revocation-endpoint.ts';
import type { HttpContext } from '../context.ts';
import { readClientRequest } from './client-request.ts';

/** RFC 7009 §2: POST /oauth/revoke */
export async function revoke(ctx: HttpContext): Promise<void> {
  const { header, params } = await readClientRequest(ctx);
  await revokeByClient(ctx.state, header, params);
  // §2.2: clients ignore the body, but some that accept JSON fail on an empty one.
  ctx.body = ctx.get('Accept').includes('application/json') ? {} : '';
  ctx.status = 200;
}
