import { specification } from './specification.ts';

export const OPENID = [
  specification(
    'OpenID Connect Core 1.0',
    'OpenID Connect Core',
    'https://openid.net/specs/openid-connect-core-1_0.html',
    `
2  MUST  an ID token has iss, sub, aud, exp and iat, and is signed
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
  end-to-end/openid-conformance-tokens: oidcc-idtoken-signature
2  MUST  nonce is returned unchanged in the ID token
  end-to-end/openid-conformance-tokens: oidcc-server
2  MUST  the ID token has auth_time if max_age was sent
  end-to-end/openid-conformance-requests: oidcc-max-age-10000
2  MAY  unsigned ID tokens (none)
  not offered: the issuer of an unsigned token cannot be verified
  end-to-end/openid-conformance-tokens: oidcc-idtoken-unsigned
3.1.2.1  MUST  GET and POST are supported, and the scope openid selects OpenID Connect
  end-to-end/openid-conformance-requests: oidcc-ensure-post-request-succeeds
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
3.1.2.1  SHOULD  scopes that are not understood are ignored
  oauth/authorize/allowed-scopes: A7: drops the scopes
3.1.2.1  MUST  redirect_uri is present and registered
  end-to-end/openid-conformance-requests: oidcc-ensure-registered-redirect-uri
3.1.2.1  MUST  prompt=none shows no page
  http/endpoints/sign-in-request: none: a user who is signed in and has allowed the app gets a response at once, without a page
  http/endpoints/sign-in-request: none: login_required
3.1.2.1  MUST  prompt=none with another value is an error
  http/endpoints/sign-in-request: %j is invalid_request
3.1.2.1  SHOULD  prompt=login, consent and select_account prompt the user again
  http/endpoints/sign-in-request: login: the user signs in again in the same session, and auth_time is updated
  http/endpoints/sign-in-request: consent: the page asks again for what was already allowed
  http/endpoints/sign-in-request: select_account
3.1.2.1  MUST  max_age limits the age of the sign-in
  http/endpoints/sign-in-request: max_age requires a sign-in that is not older; with prompt=none the error is login_required
3.1.2.1  MUST  id_token_hint selects the user, or the request fails with login_required
  http/endpoints/sign-in-subject: a session of another user gets login_required with prompt=none; otherwise the named user can sign in
  http/endpoints/sign-in-subject: may have expired long ago
3.1.2.1  MAY  login_hint fills in the form
  http/endpoints/sign-in-request: login_hint fills the form, escaped as text
3.1.2.1  MUST  display, ui_locales and acr_values are accepted
  http/endpoints/sign-in-request: display, ui_locales
3.1.2.2  MUST  the request is validated before the user is prompted
  http/endpoints/authorize-errors: A4: a missing response_type is invalid_request
3.1.2.3  MUST  the sign-in form is protected against CSRF
  http/site/csrf: J169: a form without a token or with a wrong one is refused
3.1.2.4  MUST  the user decides, or has decided before
  http/site/consent: J175: a confidential client gets what the user already allowed, or less, without asking
3.1.2.6  MUST  login_required, consent_required and similar errors are sent
  http/endpoints/sign-in-request: none: consent_required
3.1.3.2  MUST  the token endpoint validates client, code and redirect_uri
  oauth/tokens/grants/authorization-code: S0-14: another redirect_uri, another client and a wrong secret are rejected and keep the code valid
3.1.3.3  MUST  the token response has an ID token if openid was granted
  oauth/openid/id-token: OpenID Connect Core 1.0 §2, §3.1.3.3
3.1.3.6  MAY  at_hash
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
3.2  MAY  implicit flow with an ID token
  not offered: unsupported_response_type; the code flow keeps ID tokens out of URLs
  http/endpoints/authorize-errors: RFC 6749 §4.1.2.1, §3.1: errors sent to the client
3.3  MAY  hybrid flow
  not offered: unsupported_response_type; as above
  http/endpoints/authorize-errors: RFC 6749 §4.1.2.1, §3.1: errors sent to the client
4  MAY  third-party initiated sign-in
  not offered: Gatehouse has no list of apps to start from
5.1  MAY  standard claims that the directory stores
  end-to-end/openid-conformance-tokens: oidcc-scope-profile
  end-to-end/openid-conformance-tokens: oidcc-scope-email
5.1  MAY  address and phone
  not offered: the directory stores neither; both scopes are ignored
  end-to-end/openid-conformance-tokens: oidcc-scope-address
  end-to-end/openid-conformance-tokens: oidcc-scope-phone
5.3  MUST  userinfo accepts GET and POST with a bearer token
  http/endpoints/userinfo: GET and POST return the claims of the scopes of the token, and caches may not store them
5.3.1  MUST  the access token has the scope openid
  http/endpoints/userinfo: RFC 6750 §3.1: a token without openid and one without a user get 403
5.3.2  MUST  sub is present and equals that of the ID token
  http/endpoints/userinfo: GET and POST return the claims of the scopes of the token, and caches may not store them
  end-to-end/openid-clients: oauth4webapi discovers
5.3.2  MAY  signed responses
  not offered: TLS authenticates the server
5.3.3  SHOULD  errors follow RFC 6750
  http/endpoints/userinfo: RFC 6750 §3.1: a request without a token gets 401 without an error code; an inactive token is invalid_token
5.4  SHOULD  scopes request claims
  oauth/openid/id-token: §5.4
5.5  SHOULD  the claims parameter is supported
  http/endpoints/sign-in-subject: claims are requested through their scopes, which the consent page shows
  end-to-end/openid-conformance-tokens: oidcc-claims-essential
5.5.1.1  MUST  an essential acr that is not available is an error
  http/endpoints/sign-in-subject: §5.5.1.1
5.6.2  MAY  aggregated and distributed claims
  not offered: all claims come from this server
6  MUST  unsupported request objects are refused with their own errors
  http/endpoints/sign-in-request: %s is refused with its own error code
6  MAY  request objects
  not offered: request_not_supported, request_uri_not_supported
7  MAY  self-issued providers
  not offered: registration_not_supported
8.1  MAY  pairwise subjects
  not offered: sub is the id of the user in the API, the same for all clients
8  MUST  sub is never reassigned
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
9  MAY  client_secret_basic, client_secret_post, private_key_jwt and none
  http/endpoints/well-known-values: client authentication methods and their signing algorithms are supported
9  MAY  client_secret_jwt
  not offered: it needs the plain secret, and only a digest is stored
10.1  MUST  ID tokens are signed with published keys
  end-to-end/openid-clients: oauth4webapi discovers
10.1.1  SHOULD  keys are rotated with an overlap
  oauth/keys/signing-keys: tokens signed before, during and after a rotation verify with the keys that a client has cached
10.2  MAY  encryption
  not offered: TLS encrypts the connection
11  MUST  offline_access outlives the session
  http/site/account-access: Back-Channel Logout §2.7
11  MUST  offline_access needs consent, given now or before for this client and scope
  http/site/consent: J175: the user is asked for added scopes, and only for those
12.2  MUST  a refreshed ID token has the same iss, sub, aud and auth_time
  oauth/openid/id-token: §12.2
  end-to-end/openid-conformance-tokens: oidcc-refresh-token
15.1  MUST  all mandatory features are supported
  end-to-end/openid-conformance-tokens: oidcc-server
  end-to-end/openid-conformance-requests: oidcc-prompt-login
16.11  MUST  a token of another kind is refused
  graphql/bearer: H139
  http/endpoints/sign-in-subject: a value that is not an ID token of this server for this client is invalid_request
`,
  ),
];
