import { uuidOf } from '../../store/prefixed-id.ts';
import { OAuthError } from '../error.ts';
import { secondsLater } from '../lifetime.ts';
import type { OAuthRequest } from '../oauth-request.ts';
import { verifyIdTokenHint } from '../openid/id-token.ts';
import { optional, type Params } from '../params.ts';

/** OpenID Connect Core 1.0 §3.1.2.1 */
export const PROMPTS = ['none', 'login', 'consent', 'select_account'] as const;

export type Prompt = (typeof PROMPTS)[number];

/** OpenID Connect Core 1.0 §3.1.2.1: what a client wants of the sign-in itself. */
export interface SignInRequest {
  readonly prompts: readonly Prompt[];
  readonly loginHint: string | undefined;
  /** The person must have proved who they are at this moment or after it. */
  readonly authenticatedSince: Date | undefined;
  /** The row id of the one person it is about. */
  readonly subject: string | undefined;
}

const LOGIN_HINT_MAX = 320;

export async function readSignInRequest(
  request: OAuthRequest,
  clientId: string,
  params: Params,
  claimedSub: string | undefined,
): Promise<SignInRequest> {
  const prompts = readPrompts(params);
  const hint = optional(params, 'login_hint');
  return {
    prompts,
    // Only ever put into a field for the person to see: what cannot be a name there is passed over.
    loginHint: hint !== undefined && hint.length <= LOGIN_HINT_MAX && !hint.includes('\0') ? hint : undefined,
    authenticatedSince: prompts.includes('login') ? request.now : readMaxAge(params, request.now),
    subject: await readSubject(request, clientId, params, claimedSub),
  };
}

function readPrompts(params: Params): Prompt[] {
  const asked = (optional(params, 'prompt') ?? '').split(' ').filter((prompt) => prompt !== '');
  const prompts = PROMPTS.filter((prompt) => asked.includes(prompt));
  if (!asked.every((prompt) => prompts.some((known) => known === prompt)))
    throw new OAuthError('invalid_request', `The parameter prompt knows ${PROMPTS.join(', ')}.`);
  if (prompts.includes('none') && prompts.length > 1)
    throw new OAuthError('invalid_request', 'prompt=none goes with no other prompt.');
  return prompts;
}

function readMaxAge(params: Params, now: Date): Date | undefined {
  const text = optional(params, 'max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text)) throw new OAuthError('invalid_request', 'max_age must be a number of seconds.');
  return secondsLater(now, -Number(text));
}

/** An old ID token will do; one that is nobody's, or another client's, is refused rather than passed over. */
async function readSubject(
  request: OAuthRequest,
  clientId: string,
  params: Params,
  claimedSub: string | undefined,
): Promise<string | undefined> {
  const text = optional(params, 'id_token_hint');
  const hint = text === undefined ? undefined : await verifyIdTokenHint(request, text);
  if (text !== undefined && hint?.aud !== clientId)
    throw new OAuthError('invalid_request', 'The id_token_hint is not an ID token that this client was given here.');
  const sub = claimedSub ?? hint?.sub;
  if (sub === undefined) return undefined;
  const subject = uuidOf('usr', sub);
  if (subject === undefined || (hint !== undefined && hint.sub !== sub)) throw anotherUser();
  return subject;
}

export const anotherUser = (): OAuthError =>
  new OAuthError('login_required', 'The person who is signed in is not the one the request is about.');
