import type { HttpContext } from '../context.ts';

/** RFC 9728 §3.1: the path of a resource stands behind the well-known one; the whole server has none. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

/** RFC 9728 §5.1: every challenge for a token says where the resource describes itself. */
export function addResourceMetadata(ctx: HttpContext, path: string): void {
  const challenge = ctx.response.headers['www-authenticate'];
  if (typeof challenge === 'string' && challenge.startsWith('Bearer '))
    ctx.set('WWW-Authenticate', `${challenge}, resource_metadata="${ctx.state.config.issuer}${METADATA_PATH}${path}"`);
}
