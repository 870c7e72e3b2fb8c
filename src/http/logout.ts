import { optional } from '../oauth/params.ts';
import type { HttpContext } from './context.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { readForm, readQuery } from './form.ts';
import { seeOther } from './headers.ts';
import { logoutPage } from './pages/logout.ts';
import { currentSession, ensureBrowser, signOut } from './session.ts';

/** GET /logout asks, POST /logout signs out; `request` leads on to signing in as somebody else. */
export async function logout(ctx: HttpContext): Promise<void> {
  const params = ctx.method === 'POST' ? await readForm(ctx) : readQuery(ctx);
  const request = optional(params, 'request');
  const onward = request === undefined ? '/' : `/login?request=${encodeURIComponent(request)}`;
  if (ctx.method === 'POST') {
    checkCsrf(ctx, params, 'logout');
    await signOut(ctx);
    return seeOther(ctx, onward);
  }
  const session = await currentSession(ctx);
  if (!session) return seeOther(ctx, onward);
  ctx.type = 'html';
  ctx.body = logoutPage(csrfToken(ctx, ensureBrowser(ctx), 'logout'), session.username, request);
}
