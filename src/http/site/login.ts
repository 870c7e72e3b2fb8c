import { PASSWORD_MAX } from '../../crypto/password-length.ts';
import { checkCredentials, findAccount, recordFailedSignIn } from '../../directory/credentials.ts';
import { nextStep } from '../../oauth/authorize/next-step.ts';
import { optional, type Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { PageError } from '../page-error.ts';
import { loginPage } from '../pages/login.ts';
import { seeOther } from '../redirect.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { signInAttempt } from './known-browser.ts';
import { type PendingAuthorization, readPending, stepUrl } from './pending-authorization.ts';
import { currentSession, ensureBrowserSecret } from './session.ts';
import { signIn } from './sign-in.ts';

/**
 * GET /login shows the form, POST /login signs in. `request` is the pending authorization request to continue with; `to` is a
 * page of this server.
 */
export async function login(ctx: HttpContext): Promise<void> {
  const params = ctx.method === 'POST' ? await readForm(ctx) : readQuery(ctx);
  const handle = optional(params, 'request');
  if (ctx.method === 'POST') {
    checkCsrf(ctx, params, 'login');
    return submit(ctx, params, handle);
  }
  const session = await currentSession(ctx);
  if (session && handle === undefined) return redirectOnward(ctx, params, handle);
  const pending = await pendingOf(ctx, handle);
  // No consent is passed, because the consent page checks whether a stored consent covers the request.
  const next = pending && nextStep(pending.request, session, undefined, pending.requestedAt);
  if (next?.step === 'ask') return redirectOnward(ctx, params, handle);
  const known = next?.step === 'sign-in' ? session?.username : undefined;
  show(ctx, params, pending, pending?.request.loginHint ?? known ?? '', undefined);
}

const pendingOf = async (ctx: HttpContext, handle: string | undefined): Promise<PendingAuthorization | undefined> =>
  handle === undefined ? undefined : readPending(ctx, handle);

async function submit(ctx: HttpContext, params: Params, handle: string | undefined): Promise<void> {
  const { sql, limits, now, origin } = ctx.state;
  const username = optional(params, 'username') ?? '';
  const password = optional(params, 'password') ?? '';
  if ([...password].length > PASSWORD_MAX)
    throw new PageError(400, 'This password is too long', `A password has at most ${PASSWORD_MAX} characters.`);

  const account = await findAccount(sql, username);
  const attempt = await signInAttempt(ctx, username, account);
  const user = await limits.guess(attempt, () => checkCredentials(sql, account, password));
  const signedIn = user !== undefined && (await signIn(ctx, user, handle));
  ctx.state.measurements.countSignIn(signedIn ? 'success' : 'failure');
  if (signedIn) return redirectOnward(ctx, params, handle);

  let pending: PendingAuthorization | undefined;
  try {
    pending = await pendingOf(ctx, handle);
  } finally {
    // A failed sign-in is recorded even if its request does not exist.
    await recordFailedSignIn(sql, account, { at: now, clientId: pending?.recipient.client.id, origin });
  }
  ctx.status = 401;
  // The message is the same for an unknown user, a wrong password and a disabled account.
  show(ctx, params, pending, username, 'The username or the password is wrong.');
}

/** The parameter is a keyword and not a URL, so that it cannot redirect to another site. */
const toAccount = (params: Params): boolean => optional(params, 'to') === 'account';

function redirectOnward(ctx: HttpContext, params: Params, handle: string | undefined): void {
  const page = toAccount(params) ? '/account' : '/';
  seeOther(ctx, handle === undefined ? page : stepUrl('ask', handle));
}

function show(
  ctx: HttpContext,
  params: Params,
  pending: PendingAuthorization | undefined,
  username: string,
  problem: string | undefined,
): void {
  const csrf = csrfToken(ctx, ensureBrowserSecret(ctx), 'login');
  const clientName = pending?.recipient.client.name;
  ctx.type = 'html';
  ctx.body = loginPage({ csrf, request: pending?.handle, clientName, toAccount: toAccount(params), username, problem });
}
