import { specification } from './specification.ts';

export const OPENID = [
  specification(
    'OpenID Connect Core 1.0',
    'OpenID Connect Core',
    'https://openid.net/specs/openid-connect-core-1_0.html',
    `
2  MUST  an ID token says iss, sub, aud, exp and iat, and is signed
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
  end-to-end/openid-conformance-tokens: oidcc-idtoken-signature
2  MUST  nonce is in it, as it was sent
  end-to-end/openid-conformance-tokens: oidcc-server
2  MUST  auth_time is in it where max_age asked
  end-to-end/openid-conformance-requests: oidcc-max-age-10000
2  MAY  an unsigned ID token (none)
  not offered: nobody can tell whose it is
  end-to-end/openid-conformance-tokens: oidcc-idtoken-unsigned
3.1.2.1  MUST  GET and POST, and scope openid makes it OpenID Connect
  end-to-end/openid-conformance-requests: oidcc-ensure-post-request-succeeds
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
3.1.2.1  MUST  redirect_uri is there and registered
  end-to-end/openid-conformance-requests: oidcc-ensure-registered-redirect-uri
3.1.2.1  MUST  prompt=none shows nothing
  http/endpoints/sign-in-request: none: answers at once
  http/endpoints/sign-in-request: none: login_required
3.1.2.1  MUST  none with another prompt is an error
  http/endpoints/sign-in-request: %j is invalid_request
3.1.2.1  SHOULD  prompt=login, consent and select_account ask again
  http/endpoints/sign-in-request: login: the person proves again
  http/endpoints/sign-in-request: consent: asks again
  http/endpoints/sign-in-request: select_account
3.1.2.1  MUST  max_age asks for a sign-in that is not older
  http/endpoints/sign-in-request: asks for a sign-in that is not older
3.1.2.1  MUST  id_token_hint: that person or login_required
  http/endpoints/sign-in-subject: in the session of another is login_required
  http/endpoints/sign-in-subject: may have expired long ago
3.1.2.1  MAY  login_hint fills in the form
  http/endpoints/sign-in-request: login_hint stands in the form
3.1.2.1  MUST  display, ui_locales and acr_values are no error
  http/endpoints/sign-in-request: display, ui_locales
3.1.2.2  MUST  the request is checked before anybody is asked
  http/endpoints/authorize-refusals: A4: response_type missing
3.1.2.3  MUST  sign-in is kept safe from other sites
  http/site/csrf: J169: refuses a form without a token
3.1.2.4  MUST  the person decides, or has decided before
  http/site/consent: J175: a confidential client goes through
3.1.2.6  MUST  login_required, consent_required and the like
  http/endpoints/sign-in-request: none: consent_required
3.1.3.2  MUST  the token endpoint checks client, code and redirect_uri
  oauth/tokens/grants/authorization-code: S0-14: another redirect_uri, another client and a wrong secret are rejected and keep the code valid
3.1.3.3  MUST  the token answer has an ID token where openid was granted
  oauth/openid/id-token: OpenID Connect Core 1.0 §2, §3.1.3.3
3.1.3.6  MAY  at_hash
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
3.2  MAY  implicit with an ID token
  not offered: unsupported_response_type; a code does it without an ID token in the address
  http/endpoints/authorize-refusals: RFC 6749 §4.1.2.1, §3.1: from then on
3.3  MAY  hybrid
  not offered: unsupported_response_type; as above
  http/endpoints/authorize-refusals: RFC 6749 §4.1.2.1, §3.1: from then on
4  MAY  sign-in begun by somebody else than the client
  not offered: there is nowhere here to begin from
5.1  MAY  standard claims: what this directory knows of a person
  end-to-end/openid-conformance-tokens: oidcc-scope-profile
  end-to-end/openid-conformance-tokens: oidcc-scope-email
5.1  MAY  address and phone
  not offered: the directory has neither; invalid_scope
  end-to-end/openid-conformance-tokens: oidcc-scope-address
  end-to-end/openid-conformance-tokens: oidcc-scope-phone
5.3  MUST  userinfo takes GET and POST with a bearer token
  http/endpoints/userinfo: tells by GET and by POST
5.3.1  MUST  its token was granted openid
  http/endpoints/userinfo: RFC 6750 §3.1: 403 without openid
5.3.2  MUST  sub is there, the one of the ID token
  http/endpoints/userinfo: tells by GET and by POST
  end-to-end/openid-clients: oauth4webapi discovers
5.3.2  MAY  a signed answer
  not offered: TLS says whose it is
5.3.3  SHOULD  errors of RFC 6750
  http/endpoints/userinfo: RFC 6750 §3.1: 401 without a token
5.4  SHOULD  scopes ask for claims
  oauth/openid/id-token: §5.4
5.5  SHOULD  the claims parameter
  http/endpoints/sign-in-subject: asks for claims by their scopes
  end-to-end/openid-conformance-tokens: oidcc-claims-essential
5.5.1.1  MUST  an essential acr that cannot be had is an error
  http/endpoints/sign-in-subject: §5.5.1.1
5.6.2  MAY  aggregated and distributed claims
  not offered: all claims are of this server
6  MUST  request objects are refused by their own errors if they are not served
  http/endpoints/sign-in-request: is refused by the error made for it
6  MAY  request objects
  not offered: request_not_supported, request_uri_not_supported
7  MAY  self-issued providers
  not offered: registration_not_supported
8.1  MAY  pairwise subjects
  not offered: sub is the id of the user in the API, the same for all clients
8  MUST  sub is never given to somebody else
  oauth/openid/id-token: an ID token is signed with RS256 and describes the user's sign-in, and a code without openid gets none
9  MAY  client_secret_basic, client_secret_post, private_key_jwt and none
  http/endpoints/well-known-values: ways for a client to prove itself
9  MAY  client_secret_jwt
  not offered: it would need the secret in clear; only a digest is stored
10.1  MUST  ID tokens are signed with published keys
  end-to-end/openid-clients: oauth4webapi discovers
10.1.1  SHOULD  keys are changed with an overlap
  oauth/keys/signing-keys: tokens signed before, during and after a rotation verify with the keys that a client has cached
10.2  MAY  encryption
  not offered: TLS does it between the parties
11  MUST  offline_access outlives the session
  http/site/account-access: Back-Channel Logout §2.7
11  MUST  offline_access needs consent: asked for now, or given before to this client and this scope
  http/site/consent: J175: whatever is added is asked for
12.2  MUST  a refreshed ID token is of the same iss, sub, aud and auth_time
  oauth/openid/id-token: §12.2
  end-to-end/openid-conformance-tokens: oidcc-refresh-token
15.1  MUST  all that every provider must have
  end-to-end/openid-conformance-tokens: oidcc-server
  end-to-end/openid-conformance-requests: oidcc-prompt-login
16.11  MUST  no token is taken for one of another kind
  graphql/bearer: H139
  http/endpoints/sign-in-subject: that is not an ID token of ours
`,
  ),
];
