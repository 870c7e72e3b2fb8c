import { OAuthError } from '../oauth/error.ts';
import { answerTokenRequest } from '../oauth/token-request.ts';
import type { HttpContext } from './context.ts';
import { readTokenForm } from './form.ts';

/** RFC 6749 §3.2: POST /oauth/token */
export async function token(ctx: HttpContext): Promise<void> {
  // §5.1
  ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  // RFC 9110 §5.3: which of two would count is anybody's guess.
  if ((ctx.req.headersDistinct.authorization?.length ?? 0) > 1)
    throw new OAuthError('invalid_request', 'Two Authorization headers were sent.');
  const header = ctx.req.headers.authorization;
  const params = await readTokenForm(ctx);
  ctx.body = await answerTokenRequest(ctx.state, header, params);
}
