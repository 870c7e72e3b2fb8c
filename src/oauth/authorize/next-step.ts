import { OAuthError } from '../error.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import { anotherUser } from './sign-in-request.ts';

/**
 * - `sign-in`: no user is signed in, or the user has to sign in again
 * - `switch-user`: the request names another user than the one who is signed in, who may sign in instead
 * - `ask`: the user has to decide on the consent page
 * - `grant`: a stored consent covers the request
 * - `refuse`: the client gets the error
 */
export type NextStep =
  | { readonly step: 'sign-in' | 'switch-user' | 'ask' | 'grant' }
  | { readonly step: 'refuse'; readonly error: OAuthError };

/** The browser session in which a request is decided: its user's row id, and when they last signed in. */
interface SignedIn {
  readonly user_id: string;
  readonly auth_time: Date;
}

type Requested = Pick<AuthorizationRequest, 'prompts' | 'scopes' | 'authenticatedSince' | 'subject'>;

/** OpenID Connect Core 1.0 §3.1.2.1, prompt=none: no page may be shown, so each of these steps is an error instead. */
const ERRORS = {
  'sign-in': () => new OAuthError('login_required', 'No user is signed in, or the sign-in is too old.'),
  'switch-user': anotherUser,
  refuse: anotherUser,
  ask: () => new OAuthError('consent_required', 'The user has not allowed this yet, or must be asked every time.'),
};

/**
 * Decides how the sign-in flow continues. Every page of the flow calls this function. `remembered` are the scopes of a stored
 * consent, undefined if there is none or it may not be reused. `requestedAt` is when the client sent the request.
 */
export function nextStep(
  request: Requested,
  session: SignedIn | undefined,
  remembered: readonly string[] | undefined,
  requestedAt: Date,
): NextStep {
  const step = decide(request, session, remembered, requestedAt);
  if (step === 'grant') return { step };
  if (step === 'refuse' || request.prompts.includes('none')) return { step: 'refuse', error: ERRORS[step]() };
  return { step };
}

function decide(
  { prompts, scopes, authenticatedSince, subject }: Requested,
  session: SignedIn | undefined,
  remembered: readonly string[] | undefined,
  requestedAt: Date,
): NextStep['step'] {
  if (session === undefined) return 'sign-in';
  const signedInForIt = session.auth_time >= requestedAt;
  // A user who was signed in before may switch accounts. One who signed in for this very request has chosen already.
  if (subject !== undefined && subject !== session.user_id) return signedInForIt ? 'refuse' : 'switch-user';
  // §3.1.2.3: max_age and prompt=login
  if (authenticatedSince !== undefined && session.auth_time < authenticatedSince) return 'sign-in';
  // §3.1.2.4. The consent page names the account and offers another one, so it also serves for select_account.
  const mustAsk = prompts.includes('consent') || (prompts.includes('select_account') && !signedInForIt);
  // A request without scopes needs a stored consent as well: it reveals that the user has an account here.
  const covered = remembered !== undefined && scopes.every((scope) => remembered.includes(scope));
  return mustAsk || !covered ? 'ask' : 'grant';
}
