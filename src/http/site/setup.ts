import { hashPassword } from '../../crypto/passwords.ts';
import { DomainError } from '../../directory/error.ts';
import { emailKey, parseEmail, parseUsername, usernameKey } from '../../directory/names.ts';
import { refuseGuessablePassword, validatePassword } from '../../directory/password-rules.ts';
import { optional, type Params } from '../../oauth/params.ts';
import { violatedUniqueConstraint } from '../../store/connection/sql-errors.ts';
import { consumeSetupTicket, type FirstAdministrator, isSetupTicketActive } from '../../store/setup-ticket.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { PageError } from '../page-error.ts';
import { setupPage } from '../pages/setup.ts';
import { seeOther } from '../redirect.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { ensureBrowserSecret, isHandle, readCookie, writeCookie } from './session.ts';

const COOKIE = 'gatehouse-setup';

/**
 * GET /setup?ticket=… moves the ticket into a cookie, GET /setup shows the form, POST /setup creates the first administrator.
 */
export async function setup(ctx: HttpContext): Promise<void> {
  const { sql, now } = ctx.state;
  if (ctx.method !== 'POST') {
    const ticketParam = optional(readQuery(ctx), 'ticket');
    if (ticketParam !== undefined) {
      // The redirect removes the ticket from the address bar, the history and the Referer header.
      writeCookie(ctx, COOKIE, isHandle(ticketParam) ? ticketParam : undefined);
      return seeOther(ctx, '/setup');
    }
  }
  const ticket = readCookie(ctx, COOKIE);
  if (ticket === undefined || !(await isSetupTicketActive(sql, ticket, now))) throw linkNoLongerWorks();
  if (ctx.method !== 'POST') return show(ctx, '', '', undefined);

  const params = await readForm(ctx);
  checkCsrf(ctx, params, 'setup');
  await submit(ctx, params, ticket);
}

async function submit(ctx: HttpContext, params: Params, ticket: string): Promise<void> {
  const { sql, now, origin } = ctx.state;
  try {
    const administrator = await parseAdministrator(params);
    if ((await consumeSetupTicket(sql, ticket, administrator, now, origin)) === undefined) throw linkNoLongerWorks();
  } catch (error) {
    const problem = formProblem(error);
    if (problem === undefined) throw error;
    ctx.status = 400;
    return show(ctx, optional(params, 'username') ?? '', optional(params, 'email') ?? '', problem);
  }
  writeCookie(ctx, COOKIE, undefined);
  seeOther(ctx, '/login');
}

async function parseAdministrator(params: Params): Promise<FirstAdministrator> {
  const username = parseUsername(optional(params, 'username') ?? '');
  const typedEmail = optional(params, 'email');
  const email = typedEmail === undefined ? undefined : parseEmail(typedEmail);
  const password = validatePassword(optional(params, 'password') ?? '');
  await refuseGuessablePassword(password, { username, email });
  if (password !== optional(params, 'repeated')) throw new DomainError('INVALID', 'The two passwords are not the same');
  return {
    username,
    usernameKey: usernameKey(username),
    email,
    emailKey: email === undefined ? undefined : emailKey(email),
    passwordHash: await hashPassword(password),
  };
}

function formProblem(error: unknown): string | undefined {
  if (error instanceof DomainError) return `${error.message}.`;
  return violatedUniqueConstraint(error) === undefined ? undefined : 'This username or email is already taken.';
}

const linkNoLongerWorks = (): PageError =>
  new PageError(
    400,
    'This set-up link no longer works',
    'It was already used, is older than an hour, or was replaced by a newer one. If there is an administrator account, sign in. If not, restart the server to get a new link.',
    { href: '/login', label: 'Sign in' },
  );

function show(ctx: HttpContext, username: string, email: string, problem: string | undefined): void {
  ctx.type = 'html';
  ctx.body = setupPage({ csrf: csrfToken(ctx, ensureBrowserSecret(ctx), 'setup'), username, email, problem });
}
