import { OAuthError } from '../../oauth/error.ts';
import { scopeAttribute } from '../../oauth/metadata.ts';
import { userInfo } from '../../oauth/openid/userinfo.ts';
import { optional } from '../../oauth/params.ts';
import { authenticateBearer, bearerToken } from '../../oauth/tokens/bearer.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { addResourceMetadata } from './protected-resource.ts';

const CHALLENGE = 'Bearer realm="gatehouse"';

/** OpenID Connect Core 1.0 §5.3: GET or POST /oauth/userinfo */
export async function userinfo(ctx: HttpContext): Promise<void> {
  ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
  let token: string | undefined;
  try {
    token = await presentedToken(ctx);
    if (token === undefined) throw new OAuthError('invalid_token', 'This needs an access token.');
    ctx.body = await userInfo(ctx.state, await authenticateBearer(ctx.state, token, ctx.state.config.issuer));
  } catch (error) {
    if (error instanceof OAuthError) {
      // RFC 6750 §3.1: without a token in the request the challenge has no error code.
      const anonymous = token === undefined && ctx.get('Authorization') === '';
      ctx.set(
        'WWW-Authenticate',
        anonymous && error.code === 'invalid_token' ? `${CHALLENGE}, ${scopeAttribute('')}` : challengeOf(error),
      );
      addResourceMetadata(ctx, '');
    }
    throw error;
  }
}

/** RFC 6750 §3: names the scope to request, unless the request is malformed. */
const challengeOf = ({ code }: OAuthError): string =>
  `${CHALLENGE}, error="${code}"${code === 'invalid_request' ? '' : `, ${scopeAttribute('')}`}`;

/** RFC 6750 §2.1, §2.2: the token is in the header or in the form of a POST, never in both and never in the URL. */
async function presentedToken(ctx: HttpContext): Promise<string | undefined> {
  const headers = ctx.req.headersDistinct.authorization ?? [];
  if (headers.length > 1) throw new OAuthError('invalid_request', 'Two Authorization headers were sent.');
  if (readQuery(ctx).has('access_token'))
    throw new OAuthError('invalid_request', 'Send the token in the Authorization header, not in the URL.');
  const inHeader = bearerToken(headers[0]);
  const isForm = ctx.method === 'POST' && /^application\/x-www-form-urlencoded\b/i.test(ctx.get('content-type'));
  const inBody = isForm ? optional(await readForm(ctx), 'access_token') : undefined;
  if (inHeader !== undefined && inBody !== undefined)
    throw new OAuthError('invalid_request', 'The token was sent twice: in the header and in the body.');
  return inHeader ?? inBody;
}
