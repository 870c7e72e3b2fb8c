import type { Difference } from '../support/differential/case.ts';

const INVALID = '303 redirect ? invalid_request state';
const LOGIN = 'asks for login';
const SCOPE = '303 redirect ? invalid_scope state';
const MODE = '303 redirect ? unsupported_response_mode state';

const at = (...names: string[]): string[] => names.map((name) => `authorize: ${name}`);
const signedIn = (...names: string[]): string[] => names.map((name) => `authorize, signed in: ${name}`);

/** RFC 6749 §3.1, OpenID Connect Core 1.0 §3.1.2 */
export const AUTHORIZE_DIFFERENCES: readonly Difference[] = [
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: redirect_uri is required with openid; theirs uses the registered one.',
    ours: INVALID,
    theirs: LOGIN,
    cases: at('redirect_uri omitted', 'redirect_uri empty'),
  },
  {
    why: 'RFC 6749 §3.1.2.4, §4.1.2.1: it is unknown which of the two is meant, so there is no redirect; theirs uses the registered one.',
    ours: '400 page',
    theirs: INVALID,
    cases: at('redirect_uri twice'),
  },
  {
    why: 'RFC 6749 §3.1: unrecognized parameters are ignored even if repeated; ours does not use these, theirs does.',
    ours: LOGIN,
    theirs: INVALID,
    cases: at('ui_locales twice', 'display twice', 'acr_values twice'),
  },
  {
    why: 'RFC 6749 §3.1: a plain OAuth request ignores parameters of OpenID Connect; theirs rejects them.',
    ours: LOGIN,
    theirs: INVALID,
    cases: at('nonce without openid', 'max_age without openid', 'claims without openid'),
  },
  {
    why: 'OpenID Connect Core 1.0 §5.5: both members are optional, so claims={} requests nothing; theirs requires one of them.',
    ours: LOGIN,
    theirs: INVALID,
    cases: at('claims without members'),
  },
  {
    why: 'RFC 7636 §4.2: an S256 challenge has 43 characters, and no verifier matches another length; theirs accepts 43 to 128.',
    ours: INVALID,
    theirs: LOGIN,
    cases: at('challenge of 44 characters'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: max_age is a decimal number of seconds; theirs parses it like JavaScript.',
    ours: INVALID,
    theirs: LOGIN,
    cases: at('max_age in hexadecimal'),
  },
  {
    why: 'RFC 6749 App. B: the redirect URI of a request that cannot be decoded is unknown as well; theirs guesses.',
    ours: '400 page',
    theirs: LOGIN,
    cases: ['authorize with nonce=%zz appended', 'authorize with nonce=%ff%fe appended'],
  },
  {
    why: 'RFC 6749 App. A: no parameter may contain a NUL, and PostgreSQL cannot store it.',
    ours: INVALID,
    theirs: LOGIN,
    cases: at('nonce with a NUL'),
  },
  {
    why: 'RFC 6749 App. A.5: state is printable, and ours limits it to 2048 bytes because it is stored. An invalid state is not returned (§4.1.2.1).',
    ours: '303 redirect ? invalid_request',
    theirs: LOGIN,
    cases: at('state of 2049 bytes', 'state with a NUL'),
  },
  {
    why: 'RFC 6749 §4.1.2.1: a client that is not registered for responses in the fragment gets none there, not even errors.',
    ours: '303 redirect ? unsupported_response_type state',
    theirs: '303 redirect # unsupported_response_type state',
    cases: at('response_type=id_token', 'response_type=code id_token'),
  },
  {
    why: 'RFC 6749 §4.1.2.1: a response type of this server that the client is not registered for is unauthorized_client, in the query as above.',
    ours: '303 redirect ? unauthorized_client state',
    theirs: '303 redirect # unsupported_response_type state',
    cases: at('response_type=token'),
  },
  {
    why: 'OAuth 2.0 Multiple Response Type Encoding Practices §3: response_type is a set of values, so a repeated value is an error.',
    ours: '303 redirect ? unsupported_response_type state',
    theirs: LOGIN,
    cases: at('response_type=code code'),
  },
  {
    why: 'OAuth 2.0 Multiple Response Type Encoding Practices §2.1: ours supports only the default mode of each response type, as its metadata says.',
    ours: MODE,
    theirs: LOGIN,
    cases: at('response_mode=fragment', 'response_mode=form_post'),
  },
  {
    why: 'OAuth 2.0 Multiple Response Type Encoding Practices §2.1: as above, with a signed-in user.',
    ours: MODE,
    theirs: '303 redirect # code state',
    cases: signedIn('response_mode=fragment'),
  },
  {
    why: 'RFC 6749 §3.3, §4.1.2.1: if every scope is unknown, ours responds with invalid_scope; theirs grants nothing.',
    ours: SCOPE,
    theirs: LOGIN,
    cases: at('scope unknown', 'scope with commas'),
  },
  {
    why: 'RFC 6749 §3.3: ours ignores a scope that the client may not request, as it ignores unknown ones; the token response has the granted scopes.',
    ours: LOGIN,
    theirs: '303 redirect ? invalid_scope scope state',
    cases: [...at('scope not allowed to the client'), 'authorize by POST: scope not allowed'],
  },
  {
    why: 'RFC 6749 §3.3: as above, with a signed-in user.',
    ours: '303 redirect ? code state',
    theirs: '303 redirect ? invalid_scope scope state',
    cases: signedIn('a scope not allowed'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: a hint that cannot be verified counts as absent, and the user signs in; theirs refuses it.',
    ours: LOGIN,
    theirs: INVALID,
    cases: at('id_token_hint that is malformed', 'id_token_hint with an unknown signature'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: as above, with prompt=none.',
    ours: '303 redirect ? login_required state',
    theirs: INVALID,
    cases: signedIn('id_token_hint that is malformed'),
  },
  {
    why: 'RFC 6749 §3.3: the grammar allows one space, but two are unambiguous and some clients send them.',
    ours: LOGIN,
    theirs: SCOPE,
    cases: at('scope with two spaces'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: users who are not signed in select the account by signing in; theirs has a separate page.',
    ours: LOGIN,
    theirs: 'asks for select_account',
    cases: at('prompt=select_account, without a session'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.1: the consent page names the account and offers another one; theirs has a separate page.',
    ours: 'asks for consent',
    theirs: 'asks for select_account',
    cases: signedIn('prompt=select_account'),
  },
  {
    why: 'OpenID Connect Core 1.0 §5.5.1: no user can have that sub, so the error needs no sign-in; theirs requires one first.',
    ours: '303 redirect ? login_required state',
    theirs: LOGIN,
    cases: at('claims that name another user'),
  },
  {
    why: 'OpenID Connect Core 1.0 §3.1.2.6: consent is missing, which has a specific code; theirs uses the general one.',
    ours: '303 redirect ? consent_required state',
    theirs: '303 redirect ? interaction_required state',
    cases: signedIn('prompt=none by a native app'),
  },
];
