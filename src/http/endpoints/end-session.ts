import type { LogoutRequest } from '../../oauth/openid/logout-request.ts';
import type { Params } from '../../oauth/params.ts';
import { prefixedId } from '../../store/prefixed-id.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { logoutPage } from '../pages/logout.ts';
import { seeOther } from '../redirect.ts';
import { csrfToken } from '../site/csrf.ts';
import { finishLogout, parseLogoutOrThrowPage } from '../site/requested-logout.ts';
import { browserSecret, currentSession, ensureBrowserSecret } from '../site/session.ts';
import { signOut } from '../site/sign-out.ts';

/** Parameters that the confirmation page sends back, so that the request can be validated again. */
const CARRIED = ['client_id', 'post_logout_redirect_uri', 'state'] as const;

/** OpenID Connect RP-Initiated Logout 1.0 §2: GET or POST /oauth/logout */
export async function endSession(ctx: HttpContext): Promise<void> {
  const params = ctx.method === 'POST' ? await readForm(ctx) : readQuery(ctx);
  // A form posted from another site lacks the cookie (SameSite=Lax). The browser sends it with the redirected GET.
  if (ctx.method === 'POST' && browserSecret(ctx) === undefined) {
    const query = new URLSearchParams([...params].flatMap(([name, values]) => values.map((value) => [name, value])));
    return seeOther(ctx, `/oauth/logout?${query}`);
  }
  const request = await parseLogoutOrThrowPage(ctx, params);
  const session = await currentSession(ctx);
  if (!session) return finishLogout(ctx, request, async () => {});
  if (!provesSession(request, session)) return askToSignOut(ctx, params, request, session);
  await finishLogout(ctx, request, () => signOut(ctx));
}

/** §2: an ID token of this session proves the request. Anyone can write a link without one, so the user must confirm. */
const provesSession = ({ hint }: LogoutRequest, session: SessionRow): boolean =>
  hint !== undefined && hint.sub === prefixedId('usr', session.user_id) && hint.sid === prefixedId('ses', session.id);

function askToSignOut(ctx: HttpContext, params: Params, { client }: LogoutRequest, session: SessionRow): void {
  const carried = CARRIED.flatMap((name) => {
    const value = name === 'client_id' ? client?.client_id : params.get(name)?.[0];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const csrf = csrfToken(ctx, ensureBrowserSecret(ctx), 'logout');
  ctx.type = 'html';
  ctx.body = logoutPage({ csrf, username: session.username, clientName: client?.name, carried });
}
