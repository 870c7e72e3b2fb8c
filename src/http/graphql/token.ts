import { malformedAuthentication, unauthenticated } from '../../graphql/errors.ts';
import { type AccessToken, authenticateBearer, bearerToken } from '../../oauth/tokens/bearer.ts';
import type { HttpContext } from '../context.ts';

/**
 * RFC 6750 §2.1: accepts the token only in one Authorization header, never in a cookie. Returns undefined if there is none and
 * `allowAnonymous` is set, which is for introspection outside production.
 */
export async function authenticate(ctx: HttpContext, allowAnonymous: boolean): Promise<AccessToken | undefined> {
  const headers = ctx.req.headersDistinct.authorization ?? [];
  if (headers.length > 1) throw malformedAuthentication('There is more than one Authorization header');
  if (new URLSearchParams(ctx.querystring).has('access_token'))
    throw malformedAuthentication('Send the token in the Authorization header, not in the URL');
  const token = bearerToken(headers[0]);
  if (token !== undefined) return authenticateBearer(ctx.state, token, `${ctx.state.config.issuer}/graphql`);
  if (!allowAnonymous) throw unauthenticated(false);
  return undefined;
}
