import { optional, type Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { logoutPage } from '../pages/logout.ts';
import { seeOther } from '../redirect.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { stepUrl } from './pending-authorization.ts';
import { finishLogout, parseLogoutOrThrowPage } from './requested-logout.ts';
import { currentSession, ensureBrowserSecret } from './session.ts';
import { signOut } from './sign-out.ts';

/**
 * GET /logout asks for confirmation, POST /logout signs out. With `request` the user continues at the sign-in page to use
 * another account; with `client_id` they return to that app.
 */
export async function logout(ctx: HttpContext): Promise<void> {
  if (ctx.method === 'POST') return submit(ctx, await readForm(ctx));
  const request = optional(readQuery(ctx), 'request');
  const session = await currentSession(ctx);
  if (!session) return seeOther(ctx, afterLogout(request));
  const csrf = csrfToken(ctx, ensureBrowserSecret(ctx), 'logout');
  const carried = request === undefined ? [] : [['request', request] as const];
  ctx.type = 'html';
  ctx.body = logoutPage({ csrf, username: session.username, clientName: undefined, carried });
}

async function submit(ctx: HttpContext, params: Params): Promise<void> {
  checkCsrf(ctx, params, 'logout');
  const request = optional(params, 'request');
  const staysSignedIn = optional(params, 'decision') === 'stay';
  if (params.has('client_id')) {
    const logoutRequest = await parseLogoutOrThrowPage(ctx, params);
    return finishLogout(ctx, logoutRequest, async () => {
      if (!staysSignedIn) await signOut(ctx);
    });
  }
  if (!staysSignedIn) await signOut(ctx);
  // If the user chose to stay signed in, the pending request continues as the current user.
  seeOther(ctx, staysSignedIn && request !== undefined ? stepUrl('ask', request) : afterLogout(request));
}

const afterLogout = (request: string | undefined): string =>
  request === undefined ? '/' : stepUrl('sign-in', request);
