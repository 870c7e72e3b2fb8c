import { malformedAuthentication, unauthenticated } from '../../graphql/errors.ts';
import { type AccessToken, authenticateBearer, bearerToken } from '../../oauth/tokens/bearer.ts';
import type { HttpContext } from '../context.ts';

/**
 * RFC 6750 §2.1: the header, once, and no other way. Undefined only with `anonymousToo`, for who has no token may look at
 * the schema outside production. A cookie is never looked at.
 */
export async function authenticate(ctx: HttpContext, anonymousToo: boolean): Promise<AccessToken | undefined> {
  const headers = ctx.req.headersDistinct.authorization ?? [];
  if (headers.length > 1) throw malformedAuthentication('There is more than one Authorization header');
  if (new URLSearchParams(ctx.querystring).has('access_token'))
    throw malformedAuthentication('Send the token in the Authorization header, not in the URL');
  const token = bearerToken(headers[0]);
  if (token !== undefined) return authenticateBearer(ctx.state, token, `${ctx.state.config.issuer}/graphql`);
  if (!anonymousToo) throw unauthenticated(false);
  return undefined;
}
