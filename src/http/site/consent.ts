import { grantAuthorization, refuseAuthorization } from '../../oauth/authorize/authorization-response.ts';
import { isRememberable, rememberedScopes } from '../../oauth/authorize/consent.ts';
import { nextStep } from '../../oauth/authorize/next-step.ts';
import { RESPONSE_TYPES } from '../../oauth/authorize/response-types.ts';
import { OAuthError } from '../../oauth/error.ts';
import { optional, type Params, required } from '../../oauth/params.ts';
import { isOwnResource } from '../../oauth/resource.ts';
import { scopeDescriptions } from '../../oauth/scopes/operator-scopes.ts';
import { POWERFUL_SCOPES } from '../../oauth/scopes/scope.ts';
import { denyPendingAuthorization } from '../../store/pending-authorizations.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { PageError } from '../page-error.ts';
import { consentPage, scopeField } from '../pages/consent.ts';
import { seeOther, sendToClient } from '../redirect.ts';
import { checkCsrf, csrfToken } from './csrf.ts';
import { type PendingAuthorization, readPending, stepUrl } from './pending-authorization.ts';
import { hostOf, mayRedirectTo, returnToClient } from './return-to-client.ts';
import { currentSession, ensureBrowserSecret } from './session.ts';

/** GET /consent asks the user, POST /consent records the decision. */
export async function consent(ctx: HttpContext): Promise<void> {
  const params = ctx.method === 'POST' ? await readForm(ctx) : readQuery(ctx);
  const handle = required(params, 'request');
  if (ctx.method === 'POST') checkCsrf(ctx, params, 'consent', handle);

  const pending = await readPending(ctx, handle);
  const session = await currentSession(ctx);
  const { recipient, request, requestedAt } = pending;
  const remembered = session && (await rememberedScopes(ctx.state, session.user_id, recipient, request.resources));
  const next = nextStep(request, session, remembered, requestedAt);
  if (!session || next.step === 'sign-in' || next.step === 'switch-user')
    return seeOther(ctx, stepUrl('sign-in', pending.handle));
  if (next.step === 'refuse') return refuse(ctx, pending, next.error);

  const covered = request.scopes.filter((scope) => remembered?.includes(scope));
  if (ctx.method === 'POST') return decide(ctx, params, pending, session, covered);
  if (next.step === 'grant') {
    const approver = { userId: session.user_id, sessionId: session.id };
    const location = await grantAuthorization(ctx.state, recipient, request, approver, covered, undefined);
    if (location !== undefined) return sendToClient(ctx, location);
  }
  await showConsent(ctx, pending, session, covered);
}

async function decide(
  ctx: HttpContext,
  params: Params,
  pending: PendingAuthorization,
  session: SessionRow,
  covered: readonly string[],
): Promise<void> {
  const { id, recipient, request } = pending;
  const { sql, now, origin } = ctx.state;
  const granted = request.scopes.filter(
    (scope) => scope === 'openid' || covered.includes(scope) || optional(params, scopeField(scope)) !== undefined,
  );
  const allowed = optional(params, 'decision') === 'allow' && (granted.length > 0 || request.scopes.length === 0);
  if (!allowed) {
    if (!(await denyPendingAuthorization(sql, id, session.user_id, now, origin))) throw alreadyDecided();
    return refuse(ctx, pending, new OAuthError('access_denied', 'The user denied access to your application'));
  }
  const approver = { userId: session.user_id, sessionId: session.id };
  const decision = {
    pendingAuthorization: id,
    remember: isRememberable(recipient.client, recipient.redirectUri),
    origin,
  };
  const location = await grantAuthorization(ctx.state, recipient, request, approver, granted, decision);
  if (location === undefined) throw alreadyDecided();
  sendToClient(ctx, location);
}

async function refuse(
  ctx: HttpContext,
  { recipient: { client, redirectUri }, request }: PendingAuthorization,
  refusal: OAuthError,
): Promise<void> {
  const { issuer } = ctx.state.config;
  const { separator } = RESPONSE_TYPES[request.responseType];
  const location = refuseAuthorization(issuer, redirectUri, separator, refusal, request.state);
  returnToClient(ctx, client, location, await mayRedirectTo(ctx, client));
}

const alreadyDecided = (): PageError =>
  new PageError(
    400,
    'You already decided',
    'Your first decision counts. To change it, go back to the app and start again.',
  );

async function showConsent(
  ctx: HttpContext,
  pending: PendingAuthorization,
  session: SessionRow,
  covered: readonly string[],
): Promise<void> {
  const { client, redirectUri } = pending.recipient;
  const { scopes } = pending.request;
  const descriptions = await scopeDescriptions(ctx.state.sql, scopes);
  const describe = (scope: string): string => descriptions.get(scope) ?? scope;
  ctx.type = 'html';
  ctx.body = consentPage({
    csrf: csrfToken(ctx, ensureBrowserSecret(ctx), 'consent', pending.handle),
    request: pending.handle,
    clientName: client.name,
    returnsTo: hostOf(redirectUri),
    uncheckedOwner: client.uncheckedOwner,
    username: session.username,
    signsIn: scopes.includes('openid') && !covered.includes('openid'),
    requested: scopes
      .filter((scope) => scope !== 'openid' && !covered.includes(scope))
      .map((name) => ({ name, description: describe(name), powerful: POWERFUL_SCOPES.has(name) })),
    alreadyAllowed: covered.map(describe),
    otherResources: pending.request.resources.filter((resource) => !isOwnResource(ctx.state.config.issuer, resource)),
    lifetime: lifetimeOf(ctx, pending),
  });
}

function lifetimeOf(
  { state: { config } }: HttpContext,
  { recipient: { client }, request }: PendingAuthorization,
): string {
  const minutes = Math.ceil((client.accessTokenTtl ?? config.accessTokenTtl) / 60);
  const days = Math.ceil(config.refreshTokenTtl / 86_400);
  return request.responseType === 'code' && client.grantTypes.includes('refresh_token')
    ? `Access ends after ${count(days, 'day')}, or when you remove it in your account.`
    : `Access ends after ${count(minutes, 'minute')}, or when you remove it in your account.`;
}

const count = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? '' : 's'}`;
