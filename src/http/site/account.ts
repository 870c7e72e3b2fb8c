import { loadCaller } from '../../directory/caller.ts';
import { DomainError } from '../../directory/error.ts';
import { findUsers } from '../../directory/read-users.ts';
import { optional, type Params } from '../../oauth/params.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { PageError } from '../page-error.ts';
import { accountPage } from '../pages/account.ts';
import { seeOther } from '../redirect.ts';
import { apps } from './account-apps.ts';
import { email } from './account-email.ts';
import type { AccountForm } from './account-form.ts';
import { password } from './account-password.ts';
import { profile } from './account-profile.ts';
import { sessions } from './account-sessions.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { currentSession, ensureBrowserSecret } from './session.ts';

/** The sections of the page, in order. */
const FORMS = new Map<string, AccountForm>(Object.entries({ profile, email, password, sessions, apps }));

/** The submitted form and the reason why it was rejected. */
interface Problem {
  readonly section: string;
  readonly message: string;
  readonly params: Params;
}

/** GET /account shows users what is stored about them, POST /account changes one part of it. */
export async function account(ctx: HttpContext): Promise<void> {
  const submitted = ctx.method === 'POST' ? await readForm(ctx) : undefined;
  const session = await currentSession(ctx);
  if (!session) return seeOther(ctx, '/login?to=account');
  if (!submitted) return show(ctx, session, FORMS.get(optional(readQuery(ctx), 'done') ?? '')?.done, undefined);

  checkCsrf(ctx, submitted, 'account');
  const section = optional(submitted, 'section') ?? '';
  const form = FORMS.get(section);
  if (!form) throw new PageError(400, 'This request is malformed', 'It does not name a section of this page.');
  const { sql, now, origin } = ctx.state;
  const caller = await loadCaller(sql, session.user_id);
  if (!caller) return seeOther(ctx, '/login?to=account');
  try {
    await form.change(ctx, { caller, now, origin, sessionId: session.id }, session.user_id, submitted);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    ctx.status = 400;
    return show(ctx, session, undefined, { section, message: `${error.message}.`, params: submitted });
  }
  // A password change or a sign-out can end sessions, and their apps must be notified.
  ctx.state.backchannel.deliver();
  seeOther(ctx, `/account?done=${section}`);
}

async function show(
  ctx: HttpContext,
  session: SessionRow,
  done: string | undefined,
  problem: Problem | undefined,
): Promise<void> {
  const [user] = await findUsers(ctx.state.sql, [session.user_id]);
  // The user was deleted after the session was loaded.
  if (!user) return seeOther(ctx, '/login');
  const csrf = csrfToken(ctx, ensureBrowserSecret(ctx), 'account');
  const sections = [...FORMS].map(async ([name, form]) => {
    const own = problem?.section === name ? problem : undefined;
    return form.show(ctx, { section: { name, csrf, problem: own?.message }, session, user, rejected: own?.params });
  });
  ctx.type = 'html';
  ctx.body = accountPage({ username: user.username, done, sections: await Promise.all(sections) });
}
