import { OAuthError } from '../../oauth/error.ts';
import { type LogoutRequest, parseLogoutRequest } from '../../oauth/openid/logout-request.ts';
import type { Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../page-error.ts';
import { seeOther, sendToClient } from '../redirect.ts';

/** Parses the request; the page for an invalid one has a link with which the user can still sign out. */
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

/** OpenID Connect RP-Initiated Logout 1.0 §3: returns the user to the app, if it sent a valid URI. */
export function finishLogout(ctx: HttpContext, { redirectUri }: LogoutRequest): void {
  if (redirectUri === undefined) seeOther(ctx, '/');
  else sendToClient(ctx, redirectUri);
}
