import { OAuthError } from '../../oauth/error.ts';
import { type LogoutRequest, parseLogoutRequest } from '../../oauth/openid/logout-request.ts';
import type { Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../page-error.ts';
import { seeOther } from '../redirect.ts';
import { mayRedirectTo, returnToClient } from './return-to-client.ts';

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

/** OpenID Connect RP-Initiated Logout 1.0 §3: signs out and returns the user to the app, if it sent a valid URI. */
export async function finishLogout(
  ctx: HttpContext,
  { client, redirectUri }: LogoutRequest,
  signOut: () => Promise<void>,
): Promise<void> {
  // Before the sign-out, because it depends on the signed-in user.
  const mayRedirect = client !== undefined && (await mayRedirectTo(ctx, client));
  await signOut();
  if (client === undefined || redirectUri === undefined) seeOther(ctx, '/');
  else returnToClient(ctx, client, redirectUri, mayRedirect);
}
