import type { Actor } from '../../directory/actor.ts';
import { loadCaller } from '../../directory/caller.ts';
import { DomainError } from '../../directory/error.ts';
import { findUsers } from '../../directory/read-users.ts';
import { setPassword } from '../../directory/set-password.ts';
import { updateOwnEmail } from '../../directory/update-own-email.ts';
import { updateUser } from '../../directory/update-user.ts';
import { listAppsWithAccess } from '../../oauth/authorize/apps-with-access.ts';
import { isClientId } from '../../oauth/clients/client.ts';
import { optional, type Params } from '../../oauth/params.ts';
import { POWERFUL_SCOPES } from '../../oauth/scopes/scope.ts';
import { scopeSentences } from '../../oauth/scopes/scope-sentences.ts';
import { revokeAuthorizations } from '../../oauth/tokens/admin-revocation.ts';
import { entityManager } from '../../store/connection/orm.ts';
import { endSession } from '../../store/end-session.ts';
import { prefixedId, uuidOf } from '../../store/prefixed-id.ts';
import { listSessions, type SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import { PageError } from '../errors.ts';
import { readForm, readQuery } from '../form.ts';
import { seeOther } from '../headers.ts';
import { accountPage, isSection, type Section } from '../pages/account.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { changeCookie, currentSession, ensureBrowser } from './session.ts';

/** What one form of the page does. */
type Change = (ctx: HttpContext, actor: Actor, userId: string, params: Params) => Promise<unknown>;

const CHANGES: Record<Section, Change> = {
  profile: (ctx, actor, userId, params) => {
    const [firstName, lastName] = [optional(params, 'firstName') ?? '', optional(params, 'lastName') ?? ''];
    return updateUser(entityManager(ctx.state.database), actor, userId, { firstName, lastName });
  },
  email: (ctx, actor, userId, params) => {
    const change = { email: optional(params, 'email') ?? null, currentPassword: optional(params, 'currentPassword') };
    return updateOwnEmail(entityManager(ctx.state.database), ctx.state.limits, actor, userId, change);
  },
  password: async (ctx, actor, userId, params) => {
    const [password, currentPassword] = [optional(params, 'password') ?? '', optional(params, 'currentPassword')];
    if (password !== optional(params, 'repeated'))
      throw new DomainError('INVALID', 'The two passwords are not the same', ['repeated']);
    await setPassword(entityManager(ctx.state.database), ctx.state.limits, actor, userId, {
      password,
      currentPassword,
    });
    // Whoever had copied the cookie would otherwise be spared along with this browser.
    await changeCookie(ctx);
  },
  sessions: async (ctx, { now, origin }, userId, params) => {
    const id = uuidOf('ses', optional(params, 'session') ?? '');
    // One that has ended meanwhile is what was asked for.
    if (id !== undefined) await endSession(entityManager(ctx.state.database), { id, userId }, now, origin);
  },
  apps: (ctx, actor, userId, params) => {
    const clientId = optional(params, 'client_id') ?? '';
    if (!isClientId(clientId)) throw new DomainError('NOT_FOUND', 'There is no such client', ['client_id']);
    return revokeAuthorizations(entityManager(ctx.state.database), actor, userId, clientId);
  },
};

/** GET /account shows a person what is kept of them here, POST /account changes one part of it. */
export async function account(ctx: HttpContext): Promise<void> {
  const posted = ctx.method === 'POST' ? await readForm(ctx) : undefined;
  const session = await currentSession(ctx);
  if (!session) return seeOther(ctx, '/login?to=account');
  if (!posted) return show(ctx, session, readDone(ctx), undefined);

  checkCsrf(ctx, posted, 'account');
  const section = optional(posted, 'section') ?? '';
  if (!isSection(section)) throw new PageError(400, 'This request is malformed', 'It does not say what to change.');
  const { sql, now, origin } = ctx.state;
  const caller = await loadCaller(sql, session.user_id);
  if (!caller) return seeOther(ctx, '/login?to=account');
  try {
    await CHANGES[section](ctx, { caller, now, origin, sessionId: session.id }, session.user_id, posted);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    ctx.status = 400;
    return show(ctx, session, undefined, { section, message: `${error.message}.`, params: posted });
  }
  // A password and a session may have taken sessions along.
  ctx.state.backchannel.deliver(now);
  seeOther(ctx, `/account?done=${section}`);
}

function readDone(ctx: HttpContext): Section | undefined {
  const done = optional(readQuery(ctx), 'done') ?? '';
  return isSection(done) ? done : undefined;
}

interface Problem {
  readonly section: Section;
  readonly message: string;
  readonly params: Params;
}

async function show(
  ctx: HttpContext,
  session: SessionRow,
  done: Section | undefined,
  problem: Problem | undefined,
): Promise<void> {
  const { sql, now } = ctx.state;
  const [person] = await findUsers(sql, [session.user_id]);
  // Signed in a moment ago, and deleted since.
  if (!person) return seeOther(ctx, '/login');
  const sessions = await listSessions(sql, session.user_id, now);
  const apps = await listAppsWithAccess(sql, session.user_id, now);
  const sentences = await scopeSentences(
    sql,
    apps.flatMap(({ scopes }) => scopes),
  );
  const typed = (section: Section, field: string, stored: string): string =>
    problem?.section === section ? (optional(problem.params, field) ?? '') : stored;

  ctx.type = 'html';
  ctx.body = accountPage({
    csrf: csrfToken(ctx, ensureBrowser(ctx), 'account'),
    username: person.username,
    firstName: typed('profile', 'firstName', person.firstName),
    lastName: typed('profile', 'lastName', person.lastName),
    email: typed('email', 'email', person.email ?? ''),
    emailVerified: person.emailVerified,
    sessions: sessions.map(({ id, signed_in_at, ip, browser }) => ({
      id: prefixedId('ses', id),
      current: id === session.id,
      signedInAt: signed_in_at,
      ip: ip ?? undefined,
      browser: browser ?? undefined,
    })),
    apps: apps.map(({ scopes, ...app }) => ({
      ...app,
      allowed: scopes.map((name) => ({
        name,
        sentence: sentences.get(name) ?? name,
        powerful: POWERFUL_SCOPES.has(name),
      })),
    })),
    done,
    problem,
  });
}
