import { rfc } from './specification.ts';

export const FRAMEWORK = [
  rfc(
    6749,
    'The OAuth 2.0 Authorization Framework',
    `
2.1  MUST  a client is confidential or public; a public one is trusted with no secret
  oauth/clients/registered-auth-method: S4-01 S2-05 a public client has no secret and uses PKCE
2.2  MUST  a client identifier is unique and by itself proves nothing
  graphql/types/register-client: S0-05: ids have 40 URL-safe characters, secrets have 256 bits, and a secret is returned only once
  http/endpoints/introspect: G125
2.3  MUST  a client proves itself in one way a request
  oauth/clients/client-authentication: E79
  oauth/clients/client-assertion: RFC 6749 §2.3
2.3.1  MUST  Basic is understood, id and secret form-encoded
  oauth/clients/client-authentication-basic: E82: a secret with %s is accepted both raw and form-encoded
2.3.1  MAY  id and secret come in the body
  oauth/clients/registered-auth-method: S2-12 a client_secret_post client must send its secret in the body
2.3.1  MUST  credentials are not taken from the URL
  http/endpoints/token-requests: E70: parameters in the URL
2.3.1  MUST  guessing a secret is made hopeless
  oauth/clients/client-rate-limit: E91: of a hundred wrong secrets in a minute the 21st and later get 429 with Retry-After
3.1  MUST  the person is identified before anything is granted
  http/endpoints/authorize: S0-08 leads to the sign-in page
3.1  MUST  passwords and codes travel by TLS
  config: S2-01, S4-03: https is required
  process/server: S4-03: a public http issuer is refused
3.1  MUST  GET is served
  http/endpoints/authorize: S0-07
3.1  MAY  POST is served as well
  http/endpoints/authorize-answers: A17
3.1  MUST  a parameter without a value is an omitted one
  http/endpoints/authorize-answers: A13: state and scope without a value
3.1  MUST  unknown parameters are passed over
  http/endpoints/authorize-answers: A14
3.1  MUST  no parameter comes twice
  http/endpoints/authorize-refusals: A10
  http/endpoints/authorize-refusals: A11
3.1.1  MUST  a response_type that is missing or unknown is an error
  http/endpoints/authorize-refusals: A4: response_type missing
  http/endpoints/authorize-refusals: A5: code for a client
3.1.2  MUST  a redirect URI is absolute and has no fragment
  oauth/registration/uris: RFC 6749 §3.1.2: registration of redirect URIs
3.1.2  MUST  a query that was registered is kept
  http/endpoints/authorize-redirect-uri: RFC 6749 §3.1.2, §4.1.2: the answer stands behind the registered bytes
3.1.2.2  MUST  clients register their redirect URIs
  graphql/types/register-client: S2-05: inconsistent metadata is rejected with the path of the field
3.1.2.3  MUST  redirect_uri is compared with what is registered
  oauth/clients/redirect-uri: B26-B34
3.1.2.3  MUST  it may be left out only where there is one
  oauth/clients/redirect-uri: S2-09
  http/endpoints/authorize: S2-10
3.1.2.4  MUST  nobody is sent to a redirect URI that is not registered
  http/endpoints/authorize: S0-09
3.2  MUST  the token endpoint takes POST only
  http/endpoints/token-requests: RFC 6749 §3.2: the method
  http/endpoints/token-errors: S4-05 tells %s that only POST
3.2  MUST  its parameters come once, empty ones are omitted ones, unknown ones are passed over
  oauth/tokens/grants/authorization-code-values: D65: %j is invalid_request
  oauth/tokens/grants/authorization-code-values: D65: unknown parameters are ignored, also repeated ones
  http/form: A13
3.2.1  MUST  a confidential client proves itself there
  http/endpoints/token-errors: S3-09 S4-05 S3-02 is invalid_client
3.3  MUST  a scope is a list of words, and one outside the grammar is an error
  http/endpoints/authorize-refusals: A8: scope=%s is outside the grammar
3.3  MUST  the answer says which scope was granted if it is another one
  oauth/scopes/scopes: S3-10: the ticked scopes are granted in the order of the request
3.3  MUST  where no scope is asked there is a default, or an error
  oauth/scopes/scopes: S3-10: a request without a scope gets the default scopes on every grant, and the response lists them
4.1.1  MUST  the authorization request is understood as it is written
  http/endpoints/authorize: S0-07
  end-to-end/oauth4webapi: RFC 6749 §4.1
4.1.2  MUST  a code is short-lived (at most ten minutes; here one)
  oauth/tokens/grants/authorization-code: S0-11
4.1.2  MUST  a code is used once
  oauth/tokens/grants/authorization-code: S0-12
  system/race.postgres: N263
4.1.2  SHOULD  a second use ends what the first one bought
  oauth/tokens/grants/authorization-code-replay: D58: a replay revokes all tokens from the first use and is recorded in the audit trail
4.1.2  MUST  a code is bound to its client and redirect URI
  oauth/tokens/grants/authorization-code-replay: D61
4.1.2  MUST  state comes back as it was
  http/endpoints/authorize-answers: A20: %s come back byte for byte
4.1.2.1  MUST  a wrong client or redirect URI is told to the person
  http/endpoints/authorize-refusals: A2
4.1.2.1  MUST  all other errors are sent to the client, by their codes
  http/endpoints/authorize-refusals: RFC 6749 §4.1.2.1, §3.1: from then on they are sent to the client
4.1.2.1  MUST  the person’s no is access_denied
  http/endpoints/authorize-answers: A22
4.1.3  MUST  a code is for its client and good, and redirect_uri is the same again
  oauth/tokens/grants/authorization-code: S0-14: another redirect_uri, another client and a wrong secret are rejected and keep the code valid
  oauth/tokens/grants/authorization-code: S0-14: a redirect_uri that was sent to the authorization endpoint is required
4.1.3  MUST  redirect_uri cannot be left out where it was sent
  oauth/tokens/grants/authorization-code-values: D62: without PKCE, omitting a redirect_uri that was sent before is invalid_request and keeps the code valid
  not held: it may where PKCE binds the code, or the client is registered with redirectUriOptional
4.1.4  MUST  a code buys an answer of §5.1
  oauth/tokens/grants/authorization-code: S0-10 S0-15
4.2.2  MUST  implicit answers in the fragment, without a refresh token; here only to clients registered with it
  process/demo-data: S3-06 S2-13
  process/demo-data: S3-06: the implicit grant is off
4.2.2.1  MUST  so do its errors
  http/endpoints/authorize-refusals: RFC 6749 §4.2.2.1
4.3.2  MUST  the password grant authenticates the client and checks the password; here for clients registered with it
  oauth/tokens/grants/password: S1-21: a wrong password and an unknown user get the same response after a similar time
  oauth/tokens/grants/token-request: E89, E74
4.3.2  MUST  guessing a password is made hopeless
  http/rate-limits: counts by account and client
4.4  MUST  client_credentials is for confidential clients
  oauth/tokens/grants/token-request: E86
4.4.3  SHOULD  it brings no refresh token
  oauth/tokens/grants/client-credentials: S0-17
4.5  MAY  extension grants
  not offered: any other grant_type is unsupported_grant_type
  http/endpoints/token-requests: E74
5.1  MUST  the answer is JSON, with access_token, token_type and lifetime, and is not to be stored
  oauth/tokens/grants/authorization-code: S0-10 S0-15
  http/headers: L245
5.2  MUST  every mistake has its code, 400
  http/endpoints/token-errors: RFC 6749 §5.2: every mistake has its code
5.2  MUST  a failed Basic is 401 with a challenge
  oauth/clients/client-authentication: E76: with Basic an unknown client and a wrong secret get the same response
5.2  MUST  error_description is of the characters allowed
  oauth/tokens/grants/token-request: E95
6  MUST  a refresh token is bound to its client, which proves itself
  oauth/tokens/grants/refresh-token-bounds: F104: another client gets invalid_grant and revokes nothing, and a request without a client is 401
6  MUST  a refreshed scope is never wider
  oauth/tokens/grants/refresh-token-bounds: F106: the scope is never wider than the granted one, also after it was narrowed
6  MAY  a refresh brings a new refresh token; then the old one goes
  oauth/tokens/grants/refresh-token: S1-15 S3-08
  oauth/tokens/grants/refresh-token: S1-16 S3-08 S2-13
10.3  MUST  tokens are kept secret where they are stored
  system/stolen-database: P287: nothing of what is stored
10.4  MUST  an expired, revoked or foreign refresh token is worth nothing
  oauth/tokens/grants/refresh-token: S3-09 S2-13
  oauth/tokens/grants/refresh-token-bounds: F104: another public client gets invalid_grant as well
10.5  MUST  a code is short-lived, and a second use is noticed
  oauth/tokens/grants/authorization-code-replay: D58: a replay revokes all tokens from the first use and is recorded in the audit trail
10.10  MUST  nothing can be guessed: a chance below 1 in 2¹²⁸
  crypto/secrets: P290
  oauth/tokens/grants/authorization-code-values: RFC 6749 §10.10
10.12  MUST  nobody can be made to allow an app from another site
  http/site/csrf: J169: refuses a form without a token
  http/site/csrf: J170: refuses %s
10.13  SHOULD  no page can be framed
  http/pages/pages: J161: home
10.14  MUST  what comes in is text, never markup
  http/pages/pages: J161: names of clients
  http/fuzz: POST /oauth/token is never our fault
10.15  MUST  the authorization endpoint is no open redirector
  http/endpoints/authorize-redirect-uri: B37
`,
  ),
];
