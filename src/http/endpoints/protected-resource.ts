import type { HttpContext } from '../context.ts';

/** RFC 9728 §3.1: the path of the resource follows this path. The server as a whole has no path. */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

/** RFC 9728 §5.1: adds the URL of the resource's metadata to a Bearer challenge. */
export function addResourceMetadata(ctx: HttpContext, path: string): void {
  const challenge = ctx.response.headers['www-authenticate'];
  if (typeof challenge === 'string' && challenge.startsWith('Bearer '))
    ctx.set('WWW-Authenticate', `${challenge}, resource_metadata="${ctx.state.config.issuer}${METADATA_PATH}${path}"`);
}
