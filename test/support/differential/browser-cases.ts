import { type Case, CODE, CONSENT, DIFFERS, LOGIN, PAGE, told } from './case.ts';
import type { ClientId } from './clients.ts';
import type { Outcome } from './outcome.ts';
import { ask, type Change } from './requests.ts';

type Rows = readonly (readonly [name: string, outcome: Outcome, change: Change, client?: ClientId])[];

/** OpenID Connect Core 1.0 §3.1.2.1: the same by POST. */
const POSTED: Rows = [
  ['the usual request', LOGIN, {}],
  ['client_id unknown', PAGE, { client_id: 'nobody' }],
  ['redirect_uri of nobody', PAGE, { redirect_uri: 'https://evil.example/cb' }],
  ['scope not allowed', DIFFERS, { scope: 'openid write' }],
  ['no PKCE', told('invalid_request'), { code_challenge: undefined, code_challenge_method: undefined }],
];

/** In the browser of a person who is signed in, and has allowed `openid read` to the clients `web`, `page` and `native`. */
const SIGNED_IN: Rows = [
  ['all allowed before', CODE, {}],
  ['by a public client on https', CODE, {}, 'page'],
  ['by a native app', CONSENT, {}, 'native'],
  ['less than allowed before', CODE, { scope: 'openid' }],
  ['more than allowed before', CONSENT, { scope: 'openid read email' }],
  ['a client never seen', CONSENT, {}, 'other'],
  ['prompt=none', CODE, { prompt: 'none' }],
  ['prompt=none for more', told('consent_required'), { prompt: 'none', scope: 'openid email' }],
  ['prompt=none by a client never seen', told('consent_required'), { prompt: 'none' }, 'other'],
  ['prompt=none by a native app', DIFFERS, { prompt: 'none' }, 'native'],
  ['prompt=login', LOGIN, { prompt: 'login' }],
  ['prompt=consent', CONSENT, { prompt: 'consent' }],
  ['prompt=select_account', DIFFERS, { prompt: 'select_account' }],
  ['max_age=1000', CODE, { max_age: '1000' }],
  ['max_age=0', LOGIN, { max_age: '0' }],
  ['prompt=none max_age=0', told('login_required'), { prompt: 'none', max_age: '0' }],
  ['state left out', '303 redirect ? code', { state: undefined }],
  ['at a loopback address with a port', CONSENT, { redirect_uri: 'http://127.0.0.1:51004/cb' }, 'native'],
  ['the usual request', CODE, {}],
  ['id_token_hint of nonsense', told('invalid_request'), { id_token_hint: 'nonsense', prompt: 'none' }],
  [
    'claims of another person',
    told('login_required'),
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
      run: (subject) => ask(subject, client, change, { post: true }),
    }),
  ),
  ...SIGNED_IN.map(
    ([name, outcome, change, client = 'web']): Case => ({
      name: `authorize, signed in: ${name}`,
      outcome,
      run: (subject) => ask(subject, client, change, { browser: subject.person, post: name === 'by POST' }),
    }),
  ),
];
