import type { Difference } from '../support/differential/case.ts';

const TOLD = '303 redirect ? invalid_request state';
const LOGIN = 'asks for login';
const SCOPE = '303 redirect ? invalid_scope state';
const MODE = '303 redirect ? unsupported_response_mode state';

const at = (...names: string[]): string[] => names.map((name) => `authorize: ${name}`);
const signedIn = (...names: string[]): string[] => names.map((name) => `authorize, signed in: ${name}`);

/** RFC 6749 §3.1, OpenID Connect Core 1.0 §3.1.2 */
export const AUTHORIZE_DIFFERENCES: readonly Difference[] = [
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: redirect_uri is required with openid; theirs fills in the one that is registered.',
    ours: TOLD,
    theirs: LOGIN,
    cases: at('redirect_uri left out', 'redirect_uri empty'),
  },
  {
    why: 'RFC 6749 §3.1.2.4, §4.1.2.1: which of the two is meant is not known, so nobody is sent anywhere; theirs takes the registered one.',
    ours: '400 page',
    theirs: TOLD,
    cases: at('redirect_uri twice'),
  },
  {
    why: 'RFC 6749 §3.1: an unrecognized parameter is ignored, repeated or not; these change nothing here, and theirs knows them.',
    ours: LOGIN,
    theirs: TOLD,
    cases: at('ui_locales twice', 'display twice', 'acr_values twice'),
  },
  {
    why: 'RFC 6749 §3.1: a parameter of OpenID Connect means nothing to a plain OAuth request, and does no harm there; theirs refuses it.',
    ours: LOGIN,
    theirs: TOLD,
    cases: at('nonce without openid', 'max_age without openid', 'claims without openid'),
  },
  {
    why: 'OpenID Connect Core 1.0 §5.5: both members are optional, so claims={} asks for nothing; theirs wants one of them.',
    ours: LOGIN,
    theirs: TOLD,
    cases: at('claims for nobody'),
  },
  {
    why: 'RFC 7636 §4.2: an S256 challenge is 43 characters and nothing else can ever be met; theirs takes 43 to 128.',
    ours: TOLD,
    theirs: LOGIN,
    cases: at('challenge of 44 characters'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: max_age is a number of seconds; theirs reads it as JavaScript would.',
    ours: TOLD,
    theirs: LOGIN,
    cases: at('max_age in hexadecimal'),
  },
  {
    why: 'RFC 6749 App. B: a request that cannot be decoded is not understood, so neither is where to answer; theirs guesses.',
    ours: '400 page',
    theirs: LOGIN,
    cases: ['authorize with nonce=%zz behind it', 'authorize with nonce=%ff%fe behind it'],
  },
  {
    why: 'RFC 6749 App. A: no parameter of a request may hold a NUL, and PostgreSQL stores none.',
    ours: TOLD,
    theirs: LOGIN,
    cases: at('nonce with a NUL'),
  },
  {
    why: 'RFC 6749 App. A.5: state is printable; and one of more than 2048 bytes is an attempt to fill the store. Not sent back (§4.1.2.1).',
    ours: '303 redirect ? invalid_request',
    theirs: LOGIN,
    cases: at('state of 2049 bytes', 'state with a NUL'),
  },
  {
    why: 'RFC 6749 §4.1.2.1: to a client that is not registered for answers in the fragment, none goes there, errors included.',
    ours: '303 redirect ? unsupported_response_type state',
    theirs: '303 redirect # unsupported_response_type state',
    cases: at('response_type=token', 'response_type=id_token', 'response_type=code id_token'),
  },
  {
    why: 'OAuth 2.0 Multiple Response Type Encoding Practices §3: a set of values; that one stands there twice is a mistake of the client.',
    ours: '303 redirect ? unsupported_response_type state',
    theirs: LOGIN,
    cases: at('response_type=code code'),
  },
  {
    why: 'OAuth 2.0 Multiple Response Type Encoding Practices §2.1: the metadata advertise the mode of each response type and no other.',
    ours: MODE,
    theirs: LOGIN,
    cases: at('response_mode=fragment', 'response_mode=form_post'),
  },
  {
    why: 'OAuth 2.0 Multiple Response Type Encoding Practices §2.1: as above, with somebody signed in.',
    ours: MODE,
    theirs: '303 redirect # code state',
    cases: signedIn('response_mode=fragment'),
  },
  {
    why: 'RFC 6749 §3.3, §4.1.2.1: an unknown scope is invalid_scope, so that the mistake is seen; theirs passes over it.',
    ours: SCOPE,
    theirs: LOGIN,
    cases: at('scope unknown', 'scope unknown beside a known one', 'scope in other letters', 'scope with commas'),
  },
  {
    why: 'RFC 6749 §4.1.2.1: the answer has no parameter scope; the description names the one that was refused.',
    ours: SCOPE,
    theirs: '303 redirect ? invalid_scope scope state',
    cases: [
      ...at('scope not allowed to the client'),
      'authorize by POST: scope not allowed',
      ...signedIn('a scope not allowed'),
    ],
  },
  {
    why: 'RFC 6749 §3.3: strictly one blank between two; two cannot be misread, and clients that join lists by hand send them.',
    ours: LOGIN,
    theirs: SCOPE,
    cases: at('scope with two blanks'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: who is not signed in selects the account by signing in; theirs has a page of its own.',
    ours: LOGIN,
    theirs: 'asks for select_account',
    cases: at('prompt=select_account, nobody signed in'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: the consent page names the account and offers to take another; theirs has a page of its own.',
    ours: 'asks for consent',
    theirs: 'asks for select_account',
    cases: signedIn('prompt=select_account'),
  },
  {
    why: 'OpenID Connect Core 1.0 §5.5.1: no person here can have that sub, so nobody need sign in to learn it; theirs asks first.',
    ours: '303 redirect ? login_required state',
    theirs: LOGIN,
    cases: at('claims of another person'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.6: what is missing is consent, which has a code of its own; theirs says that anything is.',
    ours: '303 redirect ? consent_required state',
    theirs: '303 redirect ? interaction_required state',
    cases: signedIn('prompt=none by a native app'),
  },
];
