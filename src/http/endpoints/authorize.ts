import { randomUUIDv7 } from 'node:crypto';
import { digest, makeHandle } from '../../crypto/secrets.ts';
import {
  type AuthorizationRequest,
  type Recipient,
  readAuthorizationRequest,
  readState,
  resolveRecipient,
} from '../../oauth/authorize/authorization-request.ts';
import { grantAuthorization, refuseAuthorization } from '../../oauth/authorize/authorization-response.ts';
import { rememberedScopes } from '../../oauth/authorize/consent.ts';
import { isAnotherPerson, mustAsk, mustSignIn, requireSilence } from '../../oauth/authorize/sign-in-request.ts';
import { OAuthError } from '../../oauth/error.ts';
import { secondsLater } from '../../oauth/lifetime.ts';
import type { Params } from '../../oauth/params.ts';
import { savePendingAuthorization } from '../../store/pending-authorizations.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { seeOther, sendToClient } from '../headers.ts';
import { browserSecret, currentSession, ensureBrowser } from '../site/session.ts';

/** Seconds a person has to sign in and decide. */
const PENDING_TTL = 1800;

/** RFC 6749 §3.1: GET or POST /oauth/authorize */
export async function authorize(ctx: HttpContext): Promise<void> {
  const params = ctx.method === 'POST' ? await readForm(ctx) : readQuery(ctx);
  const recipient = await resolveRecipient(ctx.state, params);
  let state: string | undefined;
  try {
    state = readState(params);
    await proceed(ctx, params, recipient, await readAuthorizationRequest(ctx.state, recipient, params, state));
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const separator = answersInFragment(recipient, params) ? '#' : '?';
    sendToClient(ctx, refuseAuthorization(ctx.state.config.issuer, recipient.redirectUri, separator, error, state));
  }
}

/** RFC 6749 §4.2.2.1: errors of an implicit request go where its token would; of a client not registered for it, never. */
const answersInFragment = ({ client }: Recipient, params: Params): boolean =>
  params.get('response_type')?.join() === 'token' && client.grantTypes.includes('implicit');

async function proceed(
  ctx: HttpContext,
  params: Params,
  recipient: Recipient,
  request: AuthorizationRequest,
): Promise<void> {
  // A form posted from another site comes without the cookie (SameSite=Lax); asked again by GET it brings it along.
  if (ctx.method === 'POST' && browserSecret(ctx) === undefined) {
    const query = new URLSearchParams([...params].flatMap(([name, values]) => values.map((value) => [name, value])));
    return seeOther(ctx, `/oauth/authorize?${query}`);
  }
  const { signIn } = request;
  const session = await currentSession(ctx);
  const location = session && (await answerAtOnce(ctx, recipient, request, session));
  if (location !== undefined) return sendToClient(ctx, location);
  requireSilence(signIn, session);
  const handle = await keep(ctx, recipient, request);
  seeOther(ctx, `${mustSignIn(signIn, session) ? '/login' : '/consent'}?request=${handle}`);
}

/** Where nothing is left to ask; undefined if there is. */
async function answerAtOnce(
  { state }: HttpContext,
  recipient: Recipient,
  request: AuthorizationRequest,
  session: SessionRow,
): Promise<string | undefined> {
  const { signIn, scopes } = request;
  if (mustSignIn(signIn, session) || isAnotherPerson(signIn, session) || mustAsk(signIn, session, state.now))
    return undefined;
  const remembered = await rememberedScopes(state.sql, session.user_id, recipient.client, recipient.redirectUri);
  // Not by default where no scope is asked for: to be known here at all is something to be asked about.
  if (!remembered || !scopes.every((scope) => remembered.includes(scope))) return undefined;
  const approver = { userId: session.user_id, sessionId: session.id };
  return grantAuthorization(state, recipient, request, approver, scopes, undefined);
}

/** Keeps the request here: only its handle travels through the pages, so nothing in it can be altered on the way. */
async function keep(ctx: HttpContext, { client }: Recipient, request: AuthorizationRequest): Promise<string> {
  const { sql, now } = ctx.state;
  const handle = makeHandle();
  const row = {
    id: randomUUIDv7(),
    client: client.id,
    response_type: request.responseType,
    redirect_uri: request.sentRedirectUri ?? null,
    scopes: request.scopes,
    resources: request.resources,
    state: request.state ?? null,
    code_challenge: request.codeChallenge ?? null,
    nonce: request.nonce ?? null,
    prompts: request.signIn.prompts,
    login_hint: request.signIn.loginHint ?? null,
    authenticated_since: request.signIn.authenticatedSince ?? null,
    subject: request.signIn.subject ?? null,
    created_at: now,
  };
  const digests = { handle: digest(handle), browser: digest(ensureBrowser(ctx)) };
  await savePendingAuthorization(sql, row, digests, secondsLater(now, PENDING_TTL));
  return handle;
}
