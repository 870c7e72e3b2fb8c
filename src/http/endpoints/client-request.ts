import { OAuthError } from '../../oauth/error.ts';
import type { Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { readTokenForm } from '../form.ts';

/** Reads a request to an endpoint where clients authenticate (RFC 6749 §3.2, RFC 7009 §2.1, RFC 7662 §2.1). */
export async function readClientRequest(ctx: HttpContext): Promise<{ header: string | undefined; params: Params }> {
  // RFC 6749 §5.1. Every response already has Cache-Control: no-store.
  ctx.res.setHeader('Pragma', 'no-cache');
  // RFC 9110 §5.3: with two headers it is undefined which one counts.
  if ((ctx.req.headersDistinct.authorization?.length ?? 0) > 1)
    throw new OAuthError('invalid_request', 'Two Authorization headers were sent.');
  const header = ctx.req.headers.authorization;
  return { header, params: await readTokenForm(ctx) };
}
