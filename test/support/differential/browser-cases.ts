import { type Case, CODE, CONSENT, DIFFERS, failure, LOGIN, PAGE } from './case.ts';
import type { ClientId } from './clients.ts';
import type { Outcome } from './outcome.ts';
import { authorizeOutcome, type Change } from './requests.ts';

type Rows = readonly (readonly [name: string, outcome: Outcome, change: Change, client?: ClientId])[];

/** OpenID Connect Core 1.0 §3.1.2.1: authorization requests may be sent by POST. */
const POSTED: Rows = [
  ['a valid request', LOGIN, {}],
  ['client_id unknown', PAGE, { client_id: 'nobody' }],
  ['redirect_uri of an unregistered host', PAGE, { redirect_uri: 'https://evil.example/cb' }],
  ['scope not allowed', DIFFERS, { scope: 'openid write' }],
  ['no PKCE', failure('invalid_request'), { code_challenge: undefined, code_challenge_method: undefined }],
];

/** The user is signed in and has allowed `openid read` to the clients `web`, `page` and `native`. */
const SIGNED_IN: Rows = [
  ['all scopes allowed before', CODE, {}],
  ['by a public client on https', CODE, {}, 'page'],
  ['by a native app', CONSENT, {}, 'native'],
  ['fewer scopes than allowed before', CODE, { scope: 'openid' }],
  ['more scopes than allowed before', CONSENT, { scope: 'openid read email' }],
  ['a client without a stored consent', CONSENT, {}, 'other'],
  ['prompt=none', CODE, { prompt: 'none' }],
  ['prompt=none with a new scope', failure('consent_required'), { prompt: 'none', scope: 'openid email' }],
  ['prompt=none by a client without a stored consent', failure('consent_required'), { prompt: 'none' }, 'other'],
  ['prompt=none by a native app', DIFFERS, { prompt: 'none' }, 'native'],
  ['prompt=login', LOGIN, { prompt: 'login' }],
  ['prompt=consent', CONSENT, { prompt: 'consent' }],
  ['prompt=select_account', DIFFERS, { prompt: 'select_account' }],
  ['max_age=1000', CODE, { max_age: '1000' }],
  ['max_age=0', LOGIN, { max_age: '0' }],
  ['prompt=none max_age=0', failure('login_required'), { prompt: 'none', max_age: '0' }],
  ['state omitted', '303 redirect ? code', { state: undefined }],
  ['at a loopback address with a port', CONSENT, { redirect_uri: 'http://127.0.0.1:51004/cb' }, 'native'],
  ['a valid request', CODE, {}],
  ['id_token_hint that is malformed', DIFFERS, { id_token_hint: 'nonsense', prompt: 'none' }],
  [
    'claims that name another user',
    failure('login_required'),
    { claims: '{"id_token":{"sub":{"value":"somebody"}}}', prompt: 'none' },
  ],
  ['a scope not allowed', DIFFERS, { scope: 'openid write' }],
  ['response_mode=fragment', DIFFERS, { response_mode: 'fragment' }],
  [
    'at a redirect URI with a query',
    '303 redirect ? consent_required a state',
    { redirect_uri: 'https://client.example/cb?a=b', prompt: 'none' },
    'two',
  ],
];

export const BROWSER_CASES: readonly Case[] = [
  ...POSTED.map(
    ([name, outcome, change, client = 'web']): Case => ({
      name: `authorize by POST: ${name}`,
      outcome,
      run: (subject) => authorizeOutcome(subject, client, change, { post: true }),
    }),
  ),
  ...SIGNED_IN.map(
    ([name, outcome, change, client = 'web']): Case => ({
      name: `authorize, signed in: ${name}`,
      outcome,
      run: (subject) =>
        authorizeOutcome(subject, client, change, { browser: subject.userBrowser, post: name === 'by POST' }),
    }),
  ),
];
