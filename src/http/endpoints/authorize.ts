import {
  type AuthorizationRequest,
  parseAuthorizationRequest,
  parseState,
  type Recipient,
  resolveRecipient,
} from '../../oauth/authorize/authorization-request.ts';
import { grantAuthorization, refuseAuthorization } from '../../oauth/authorize/authorization-response.ts';
import { rememberedScopes } from '../../oauth/authorize/consent.ts';
import { nextStep } from '../../oauth/authorize/next-step.ts';
import { OAuthError } from '../../oauth/error.ts';
import type { Params } from '../../oauth/params.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { logRefusal } from '../log-refusal.ts';
import { seeOther, sendToClient } from '../redirect.ts';
import { savePending, stepUrl } from '../site/pending-authorization.ts';
import { mayRedirectTo, returnToClient } from '../site/return-to-client.ts';
import { browserSecret, currentSession } from '../site/session.ts';

/** RFC 6749 §3.1: GET or POST /oauth/authorize */
export async function authorize(ctx: HttpContext): Promise<void> {
  const params = ctx.method === 'POST' ? await readForm(ctx) : readQuery(ctx);
  const recipient = await resolveRecipient(ctx.state, params);
  let state: string | undefined;
  try {
    state = parseState(params);
    await proceed(ctx, params, recipient, await parseAuthorizationRequest(ctx.state, recipient, params, state));
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    logRefusal(ctx, error);
    const separator = respondsInFragment(recipient, params) ? '#' : '?';
    const { client, redirectUri } = recipient;
    const location = refuseAuthorization(ctx.state.config.issuer, redirectUri, separator, error, state);
    returnToClient(ctx, client, location, await mayRedirectTo(ctx, client));
  }
}

/** RFC 6749 §4.2.2.1: errors of an implicit request go into the fragment, but only for clients registered for it. */
const respondsInFragment = ({ client }: Recipient, params: Params): boolean =>
  params.get('response_type')?.join() === 'token' && client.grantTypes.includes('implicit');

async function proceed(
  ctx: HttpContext,
  params: Params,
  recipient: Recipient,
  request: AuthorizationRequest,
): Promise<void> {
  // A form posted from another site lacks the cookie (SameSite=Lax). The browser sends it with the redirected GET.
  if (ctx.method === 'POST' && browserSecret(ctx) === undefined) {
    const query = new URLSearchParams([...params].flatMap(([name, values]) => values.map((value) => [name, value])));
    return seeOther(ctx, `/oauth/authorize?${query}`);
  }
  const { now } = ctx.state;
  const session = await currentSession(ctx);
  const remembered = session && (await rememberedScopes(ctx.state, session.user_id, recipient, request.resources));
  let next = nextStep(request, session, remembered, now);
  if (session && next.step === 'grant') {
    const approver = { userId: session.user_id, sessionId: session.id };
    const location = await grantAuthorization(ctx.state, recipient, request, approver, request.scopes, undefined);
    if (location !== undefined) return sendToClient(ctx, location);
    // The user withdrew the consent in the meantime.
    next = nextStep(request, session, undefined, now);
  }
  if (next.step === 'refuse') throw next.error;
  seeOther(ctx, stepUrl(next.step, await savePending(ctx, recipient, request)));
}
