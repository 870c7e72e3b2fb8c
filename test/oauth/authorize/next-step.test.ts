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
  ['nobody is signed in', requested({}), undefined, undefined, 'sign-in'],
  ['nobody is signed in, for a named user', requested({ subject: 'alice' }), undefined, undefined, 'sign-in'],
  ['no stored consent', requested({}), before, undefined, 'ask'],
  ['a stored consent for fewer scopes', requested({}), before, ['openid'], 'ask'],
  ['a stored consent for more scopes', requested({}), before, all, 'grant'],
  ['no scopes, no stored consent', requested({ scopes: [] }), before, undefined, 'ask'],
  ['no scopes, a stored consent without scopes', requested({ scopes: [] }), before, [], 'grant'],

  ['signed in too long ago', requested({ authenticatedSince: minutes(-1) }), before, all, 'sign-in'],
  ['signed in at that very moment', requested({ authenticatedSince: minutes(-5) }), before, all, 'grant'],
  ['signed in again after prompt=login', requested({ authenticatedSince: requestedAt }), after, all, 'grant'],

  ['the named user', requested({ subject: 'alice' }), before, all, 'grant'],
  ['another user, signed in before', requested({ subject: 'bob' }), before, all, 'switch-user'],
  [
    'another user, signed in too long ago',
    requested({ subject: 'bob', authenticatedSince: requestedAt }),
    before,
    all,
    'switch-user',
  ],
  ['another user, signed in for this request', requested({ subject: 'bob' }), after, all, 'login_required'],
  ['another user, signed in as it arrived', requested({ subject: 'bob' }), alice(0), all, 'login_required'],

  ['prompt=consent', prompt('consent'), after, all, 'ask'],
  ['prompt=select_account, signed in before', prompt('select_account'), before, all, 'ask'],
  ['prompt=select_account, signed in for this request', prompt('select_account'), after, all, 'grant'],
  ['prompt=consent select_account', prompt('consent', 'select_account'), after, all, 'ask'],

  ['prompt=none, all granted before', prompt('none'), before, all, 'grant'],
  ['prompt=none, nobody signed in', prompt('none'), undefined, undefined, 'login_required'],
  ['prompt=none, no consent', prompt('none'), before, undefined, 'consent_required'],
  [
    'prompt=none, signed in too long ago',
    requested({ prompts: ['none'], authenticatedSince: requestedAt }),
    before,
    all,
    'login_required',
  ],
  ['prompt=none, another user', requested({ prompts: ['none'], subject: 'bob' }), before, all, 'login_required'],
];

describe('OpenID Connect Core 1.0 §3.1.2: the next step of an authorization request', () => {
  it.each(CASES)('%s', (_, request, session, remembered, expected) => {
    const next = nextStep(request, session, remembered, requestedAt);
    expect(next.step === 'refuse' ? next.error.code : next.step).toBe(expected);
  });
});
