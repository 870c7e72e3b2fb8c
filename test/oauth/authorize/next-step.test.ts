import { describe, expect, it } from 'vitest';
import { nextStep } from '../../../src/oauth/authorize/next-step.ts';
import type { Prompt } from '../../../src/oauth/authorize/sign-in-request.ts';

const requestedAt = new Date('2026-01-01T12:00:00Z');
const minutes = (offset: number): Date => new Date(requestedAt.getTime() + offset * 60_000);

const alice = (signedIn: number) => ({ user_id: 'alice', auth_time: minutes(signedIn) });
const before = alice(-5);
const after = alice(5);

type Requested = Parameters<typeof nextStep>[0];
const requested = (changes: Partial<Requested>): Requested => ({
  prompts: [],
  scopes: ['openid', 'email'],
  authenticatedSince: undefined,
  subject: undefined,
  ...changes,
});
const prompt = (...prompts: Prompt[]) => requested({ prompts });

const all = ['openid', 'email', 'profile'];

const CASES: readonly [name: string, Requested, Parameters<typeof nextStep>[1], string[] | undefined, string][] = [
  ['a request without a session', requested({}), undefined, undefined, 'sign-in'],
  ['a request without a session that names a user', requested({ subject: 'alice' }), undefined, undefined, 'sign-in'],
  ['a session without a stored consent', requested({}), before, undefined, 'ask'],
  ['a stored consent for fewer scopes than requested', requested({}), before, ['openid'], 'ask'],
  ['a stored consent for more scopes than requested', requested({}), before, all, 'grant'],
  ['a request without scopes and without a stored consent', requested({ scopes: [] }), before, undefined, 'ask'],
  ['a request without scopes, with a stored consent without scopes', requested({ scopes: [] }), before, [], 'grant'],

  ['a sign-in before the required time', requested({ authenticatedSince: minutes(-1) }), before, all, 'sign-in'],
  ['a sign-in at exactly the required time', requested({ authenticatedSince: minutes(-5) }), before, all, 'grant'],
  ['a new sign-in after prompt=login', requested({ authenticatedSince: requestedAt }), after, all, 'grant'],

  ['a session of the user that the request names', requested({ subject: 'alice' }), before, all, 'grant'],
  [
    'a session of another user, signed in before the request',
    requested({ subject: 'bob' }),
    before,
    all,
    'switch-user',
  ],
  [
    'a session of another user, signed in too long ago',
    requested({ subject: 'bob', authenticatedSince: requestedAt }),
    before,
    all,
    'switch-user',
  ],
  [
    'a session of another user, signed in after the request',
    requested({ subject: 'bob' }),
    after,
    all,
    'login_required',
  ],
  [
    'a session of another user, signed in when the request arrived',
    requested({ subject: 'bob' }),
    alice(0),
    all,
    'login_required',
  ],

  ['prompt=consent despite a stored consent', prompt('consent'), after, all, 'ask'],
  ['prompt=select_account with a sign-in before the request', prompt('select_account'), before, all, 'ask'],
  ['prompt=select_account with a sign-in after the request', prompt('select_account'), after, all, 'grant'],
  [
    'prompt=consent select_account with a sign-in after the request',
    prompt('consent', 'select_account'),
    after,
    all,
    'ask',
  ],

  ['prompt=none with a stored consent for all scopes', prompt('none'), before, all, 'grant'],
  ['prompt=none without a session', prompt('none'), undefined, undefined, 'login_required'],
  ['prompt=none without a stored consent', prompt('none'), before, undefined, 'consent_required'],
  [
    'prompt=none with a sign-in before the required time',
    requested({ prompts: ['none'], authenticatedSince: requestedAt }),
    before,
    all,
    'login_required',
  ],
  [
    'prompt=none with a session of another user',
    requested({ prompts: ['none'], subject: 'bob' }),
    before,
    all,
    'login_required',
  ],
];

describe('OpenID Connect Core 1.0 §3.1.2: next step of an authorization request', () => {
  it.each(
    CASES.map(
      ([name, request, session, remembered, expected]) => [name, expected, request, session, remembered] as const,
    ),
  )('%s leads to %s', (_, expected, request, session, remembered) => {
    const next = nextStep(request, session, remembered, requestedAt);
    expect(next.step === 'refuse' ? next.error.code : next.step).toBe(expected);
  });
});
