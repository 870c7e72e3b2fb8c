import { randomUUIDv7 } from 'node:crypto';
import { grantAuthorization, refuseAuthorization } from '../oauth/answer-authorization.ts';
import {
  type AuthorizationRequest,
  type Recipient,
  readAuthorizationRequest,
  readState,
  resolveRecipient,
} from '../oauth/authorization-request.ts';
import { rememberedScopes } from '../oauth/consent.ts';
import { OAuthError } from '../oauth/error.ts';
import { secondsLater } from '../oauth/lifetime.ts';
import type { Params } from '../oauth/params.ts';
import { digest, makeHandle } from '../secrets.ts';
import { keepRequest } from '../store/pending-request.ts';
import type { HttpContext } from './context.ts';
import { readForm, readQuery } from './form.ts';
import { seeOther, sendToClient } from './headers.ts';
import { browserSecret, currentSession, ensureBrowser } from './session.ts';

/** Seconds a person has to sign in and decide. */
const PENDING_TTL = 1800;

/** RFC 6749 §3.1: GET or POST /oauth/authorize */
export async function authorize(ctx: HttpContext): Promise<void> {
  const params = ctx.method === 'POST' ? await readForm(ctx) : readQuery(ctx);
  const recipient = await resolveRecipient(ctx.state, params);
  let state: string | undefined;
  try {
    state = readState(params);
    await proceed(ctx, params, recipient, readAuthorizationRequest(recipient, params, state));
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
  const session = await currentSession(ctx);
  if (session) {
    const remembered = await rememberedScopes(ctx.state.sql, session.user_id, recipient.client, recipient.redirectUri);
    // Not by default where no scope is asked for: to be known here at all is something to be asked about.
    if (remembered && request.scopes.every((scope) => remembered.includes(scope))) {
      const approver = { userId: session.user_id, sessionId: session.id };
      const location = await grantAuthorization(ctx.state, recipient, request, approver, request.scopes, undefined);
      if (location !== undefined) return sendToClient(ctx, location);
    }
  }
  const handle = await keep(ctx, recipient, request);
  seeOther(ctx, `${session ? '/consent' : '/login'}?request=${handle}`);
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
    state: request.state ?? null,
    code_challenge: request.codeChallenge ?? null,
    nonce: request.nonce ?? null,
  };
  const digests = { handle: digest(handle), browser: digest(ensureBrowser(ctx)) };
  await keepRequest(sql, row, digests, now, secondsLater(now, PENDING_TTL));
  return handle;
}
