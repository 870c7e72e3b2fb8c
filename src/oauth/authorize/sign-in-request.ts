import { uuidOf } from '../../store/prefixed-id.ts';
import { OAuthError } from '../error.ts';
import { secondsLater } from '../lifetime.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { verifyIdTokenHint } from '../openid/id-token.ts';
import { optional, type Params } from '../params.ts';

/** OpenID Connect Core 1.0 §3.1.2.1 */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;

export type Prompt = (typeof PROMPTS)[number];

/** OpenID Connect Core 1.0 §3.1.2.1: the parameters that concern the sign-in. */
export interface SignInRequest {
  readonly prompts: readonly Prompt[];
  readonly loginHint: string | undefined;
  /** The user must have signed in at this moment or later. */
  readonly authenticatedSince: Date | undefined;
  /** The row id of the user that the request names. */
  readonly subject: string | undefined;
}

const LOGIN_HINT_MAX = 320;

export async function parseSignInRequest(
  request: OAuthRequest,
  clientId: string,
  params: Params,
  claimedSub: string | undefined,
): Promise<SignInRequest> {
  const prompts = parsePrompts(params);
  const hint = optional(params, 'login_hint');
  const { subject, unverifiable } = await parseSubject(request, clientId, params, claimedSub);
  return {
    prompts,
    // The hint only fills a form field, so that a value which cannot be a username is ignored.
    loginHint: hint !== undefined && hint.length <= LOGIN_HINT_MAX && !hint.includes('\0') ? hint : undefined,
    // The client wants a certain user, and nobody knows which one: the user who signs in now is the right one.
    authenticatedSince: prompts.includes('login') || unverifiable ? request.now : parseMaxAge(params, request.now),
    subject,
  };
}

function parsePrompts(params: Params): Prompt[] {
  const requested = (optional(params, 'prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  const prompts = PROMPTS.filter((prompt) => requested.includes(prompt));
  if (!requested.every((prompt) => prompts.some((known) => known === prompt)))
    throw new OAuthError('invalid_request', `The values of prompt are ${PROMPTS.join(', ')}.`);
  if (prompts.includes('none') && prompts.length > 1)
    throw new OAuthError('invalid_request', 'prompt=none cannot be combined with other values.');
  return prompts;
}

function parseMaxAge(params: Params, now: Date): Date | undefined {
  const text = optional(params, 'max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new OAuthError('invalid_request', 'max_age must be a number of seconds.');
  return secondsLater(now, -Number(text));
}

/** An expired ID token is accepted. One of another client is an error, because ignoring it could admit another user. */
async function parseSubject(
  request: OAuthRequest,
  clientId: string,
  params: Params,
  claimedSub: string | undefined,
): Promise<{ readonly subject: string | undefined; readonly unverifiable: boolean }> {
  const text = optional(params, 'id_token_hint');
  const hint = text === undefined ? undefined : await verifyIdTokenHint(request, text);
  if (hint !== undefined && hint.aud !== clientId)
    throw new OAuthError(
      'invalid_request',
      'The id_token_hint is not an ID token that this server issued to this client.',
    );
  const sub = claimedSub ?? hint?.sub;
  const unverifiable = text !== undefined && hint === undefined;
  if (sub === undefined) return { subject: undefined, unverifiable };
  const subject = uuidOf('usr', sub);
  if (subject === undefined || (hint !== undefined && hint.sub !== sub)) throw anotherUser();
  return { subject, unverifiable };
}

export const anotherUser = (): OAuthError =>
  new OAuthError('login_required', 'The user who is signed in is not the one that the request names.');
