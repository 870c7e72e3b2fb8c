import { OAuthError } from '../../oauth/error.ts';
import { type LogoutRequest, parseLogoutRequest } from '../../oauth/openid/logout-request.ts';
import type { Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../page-error.ts';
import { seeOther, sendToClient } from '../redirect.ts';

/** Never a dead end: whoever was sent here by a wrong link can still sign out. */
export async function parseLogoutOrThrowPage(ctx: HttpContext, params: Params): Promise<LogoutRequest> {
  try {
    return await parseLogoutRequest(ctx.state, params);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    throw new PageError(400, "The app's sign-out link is not set up correctly", error.message, {
      href: '/logout',
      label: 'Sign out of Gatehouse',
    });
  }
}

/** §3 */
export function finishLogout(ctx: HttpContext, { redirectUri }: LogoutRequest): void {
  if (redirectUri === undefined) seeOther(ctx, '/');
  else sendToClient(ctx, redirectUri);
}
