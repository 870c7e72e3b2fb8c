import { DomainError } from '../directory/error.ts';
import { checkEmail, checkPassword, checkUsername } from '../directory/names.ts';
import { optional, type Params } from '../oauth/params.ts';
import { hashPassword } from '../passwords.ts';
import { setupTicketIsLive, spendSetupTicket } from '../store/setup-ticket.ts';
import type { HttpContext } from './context.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { PageError } from './errors.ts';
import { readForm, readQuery } from './form.ts';
import { seeOther } from './headers.ts';
import { setupPage } from './pages/setup.ts';
import { ensureBrowser, readCookie, writeCookie } from './session.ts';

const COOKIE = 'gatehouse-setup';

/** GET /setup?ticket=… takes the ticket out of the URL, GET /setup shows the form, POST /setup makes the first administrator. */
export async function setup(ctx: HttpContext): Promise<void> {
  const { sql, now } = ctx.state;
  if (ctx.method !== 'POST') {
    const offered = optional(readQuery(ctx), 'ticket');
    if (offered !== undefined) {
      // Out of the address bar, the history and every Referer.
      writeCookie(ctx, COOKIE, offered);
      return seeOther(ctx, '/setup');
    }
  }
  const ticket = readCookie(ctx, COOKIE);
  if (ticket === undefined || !(await setupTicketIsLive(sql, ticket, now))) throw spent();
  if (ctx.method !== 'POST') return show(ctx, '', '', undefined);

  const params = await readForm(ctx);
  checkCsrf(ctx, params, 'setup');
  await submit(ctx, params, ticket);
}
