import { rfc } from './specification.ts';

export const FRAMEWORK = [
  rfc(
    6749,
    'The OAuth 2.0 Authorization Framework',
    `
2.1  MUST  a client is confidential or public, and a public client has no secret
  oauth/clients/registered-auth-method: S4-01 S2-05 a public client has no secret and uses PKCE
2.2  MUST  a client identifier is unique and does not authenticate the client
  graphql/types/register-client: S0-05: ids have 40 URL-safe characters, secrets have 256 bits, and a secret is returned only once
  http/endpoints/introspect: G125
2.3  MUST  a client uses one authentication method per request
  oauth/clients/client-authentication: E79
  oauth/clients/client-assertion: RFC 6749 §2.3
2.3.1  MUST  Basic is supported, with form-encoded id and secret
  oauth/clients/client-authentication-basic: E82: a secret with %s is accepted both raw and form-encoded
2.3.1  MAY  id and secret can be sent in the body
  oauth/clients/registered-auth-method: S2-12 a client_secret_post client must send its secret in the body
2.3.1  MUST  credentials in the URL are not accepted
  http/endpoints/token-requests: E70: parameters in the URL
2.3.1  MUST  guessing of secrets is limited
  oauth/clients/client-rate-limit: E91: of a hundred wrong secrets in a minute the 21st and later get 429 with Retry-After
3.1  MUST  the user is authenticated before anything is granted
  http/endpoints/authorize: S0-08: a browser without a session is sent to sign in and continues with all parameters unchanged
3.1  MUST  passwords and codes are sent over TLS
  config: S2-01, S4-03: https is required
  process/server: S4-03: a public http issuer is refused
3.1  MUST  GET is supported
  http/endpoints/authorize: S0-07
3.1  MAY  POST is supported
  http/endpoints/authorize-responses: A17
3.1  MUST  a parameter without a value counts as omitted
  http/endpoints/authorize-responses: A13: state and scope without a value
3.1  MUST  unknown parameters are ignored
  http/endpoints/authorize-responses: A14
3.1  MUST  repeated parameters are refused
  http/endpoints/authorize-errors: A10
  http/endpoints/authorize-errors: A11
3.1.1  MUST  a missing or unknown response_type is an error
  http/endpoints/authorize-errors: A4: a missing response_type is invalid_request
  http/endpoints/authorize-errors: A5: a code is refused for a client registered for other grants only
3.1.2  MUST  a redirect URI is absolute and has no fragment
  oauth/registration/uris: RFC 6749 §3.1.2: registration of redirect URIs
3.1.2  MUST  a registered query component is kept
  http/endpoints/authorize-redirect-uri: RFC 6749 §3.1.2, §4.1.2: the response parameters follow the registered bytes
3.1.2.2  MUST  clients register their redirect URIs
  graphql/types/register-client: S2-05: inconsistent metadata is rejected with the path of the field
3.1.2.3  MUST  redirect_uri is compared with what is registered
  oauth/clients/redirect-uri: B26-B34
3.1.2.3  MUST  redirect_uri can be omitted only if exactly one is registered
  oauth/clients/redirect-uri: S2-09
  http/endpoints/authorize: S2-10
3.1.2.4  MUST  users are never redirected to an unregistered URI
  http/endpoints/authorize: S0-09
3.2  MUST  the token endpoint accepts POST only
  http/endpoints/token-requests: RFC 6749 §3.2: the method
  http/endpoints/token-errors: S4-05: %s gets an error that only POST is allowed
3.2  MUST  repeated parameters are refused, empty ones count as omitted, unknown ones are ignored
  oauth/tokens/grants/authorization-code-values: D65: %j is invalid_request
  oauth/tokens/grants/authorization-code-values: D65: unknown parameters are ignored, also repeated ones
  http/form: A13
3.2.1  MUST  confidential clients authenticate at the token endpoint
  http/endpoints/token-errors: S3-09 S4-05 S3-02: missing or wrong credentials are invalid_client, 401 with a Basic challenge
3.3  MUST  scope is a list of scope tokens, and a malformed one is an error
  http/endpoints/authorize-errors: A8: scope=%s is outside the grammar
3.3  MUST  the response states the granted scope if it differs from the requested one
  oauth/scopes/scopes: S3-10: the ticked scopes are granted in the order of the request
  oauth/authorize/allowed-scopes: A7: drops the scopes
3.3  MUST  without a requested scope there is a default or an error
  oauth/scopes/scopes: S3-10: a request without a scope gets the default scopes on every grant, and the response lists them
4.1.1  MUST  the parameters of the authorization request are supported
  http/endpoints/authorize: S0-07
  end-to-end/oauth4webapi: RFC 6749 §4.1
4.1.2  MUST  a code is short-lived (at most ten minutes; here one)
  oauth/tokens/grants/authorization-code: S0-11
4.1.2  MUST  a code can be used once
  oauth/tokens/grants/authorization-code: S0-12
  system/race.postgres: N263
4.1.2  SHOULD  a second use revokes the tokens of the first one
  oauth/tokens/grants/authorization-code-replay: D58: a replay revokes all tokens from the first use and is recorded in the audit trail
4.1.2  MUST  a code is bound to its client and redirect URI
  oauth/tokens/grants/authorization-code-replay: D61
4.1.2  MUST  state is returned unchanged
  http/endpoints/authorize-responses: A20: %s return byte for byte
4.1.2.1  MUST  an invalid client or redirect URI is reported to the user
  http/endpoints/authorize-errors: A2
4.1.2.1  MUST  all other errors are sent to the client with their codes
  http/endpoints/authorize-errors: RFC 6749 §4.1.2.1, §3.1: errors sent to the client
4.1.2.1  MUST  a denied request is access_denied
  http/endpoints/authorize-responses: A22
4.1.3  MUST  the code is valid and issued to the client, and redirect_uri matches
  oauth/tokens/grants/authorization-code: S0-14: another redirect_uri, another client and a wrong secret are rejected and keep the code valid
  oauth/tokens/grants/authorization-code: S0-14: a redirect_uri that was sent to the authorization endpoint is required
4.1.3  MUST  redirect_uri is required if it was sent in the authorization request
  oauth/tokens/grants/authorization-code-values: D62: without PKCE, omitting a redirect_uri that was sent before is invalid_request and keeps the code valid
  deviates: it can be omitted if the code is bound by PKCE, or the client is registered with redirectUriOptional
4.1.4  MUST  the response is that of §5.1
  oauth/tokens/grants/authorization-code: S0-10 S0-15
4.2.2  MUST  the implicit response is in the fragment and has no refresh token; only for clients registered with this grant
  process/demo-data: S3-06 S2-13
  process/demo-data: S3-06: the implicit grant is off
4.2.2.1  MUST  errors of the implicit grant are in the fragment
  http/endpoints/authorize-errors: RFC 6749 §4.2.2.1
4.3.2  MUST  the password grant authenticates the client and checks the password; here for clients registered with it
  oauth/tokens/grants/password: S1-21: a wrong password and an unknown user get the same response after a similar time
  oauth/tokens/grants/token-request: E89, E74
4.3.2  MUST  guessing of passwords is limited
  http/rate-limits: attempts are counted by account and network, like those on the sign-in page
4.4  MUST  client_credentials is for confidential clients
  oauth/tokens/grants/token-request: E86
4.4.3  SHOULD  client_credentials issues no refresh token
  oauth/tokens/grants/client-credentials: S0-17
4.5  MAY  extension grants
  not offered: any other grant_type is unsupported_grant_type
  http/endpoints/token-requests: E74
5.1  MUST  the response is JSON with access_token, token_type and expires_in, and is not cached
  oauth/tokens/grants/authorization-code: S0-10 S0-15
  http/headers: L245
5.2  MUST  every error has its code, with status 400
  http/endpoints/token-errors: RFC 6749 §5.2: each error has its code
5.2  MUST  a failed Basic authentication is 401 with a challenge
  oauth/clients/client-authentication: E76: with Basic an unknown client and a wrong secret get the same response
5.2  MUST  error_description contains only the allowed characters
  oauth/tokens/grants/token-request: E95
6  MUST  a refresh token is bound to its client, which authenticates
  oauth/tokens/grants/refresh-token-bounds: F104: another client gets invalid_grant and revokes nothing, and a request without a client is 401
6  MUST  a refresh never widens the scope
  oauth/tokens/grants/refresh-token-bounds: F106: the scope is never wider than the granted one, also after it was narrowed
6  MAY  a refresh can issue a new refresh token and revoke the old one
  oauth/tokens/grants/refresh-token: S1-15 S3-08
  oauth/tokens/grants/refresh-token: S1-16 S3-08 S2-13
10.3  MUST  stored tokens are confidential
  system/stolen-database: P287: no stored value
10.4  MUST  an expired, revoked or foreign refresh token is refused
  oauth/tokens/grants/refresh-token: S3-09 S2-13
  oauth/tokens/grants/refresh-token-bounds: F104: another public client gets invalid_grant as well
10.5  MUST  a code is short-lived, and reuse is detected
  oauth/tokens/grants/authorization-code-replay: D58: a replay revokes all tokens from the first use and is recorded in the audit trail
10.10  MUST  the chance of guessing a token is below 1 in 2¹²⁸
  crypto/secrets: P290
  oauth/tokens/grants/authorization-code-values: RFC 6749 §10.10
10.12  MUST  another site cannot make a user allow an app (CSRF)
  http/site/csrf: J169: a form without a token or with a wrong one is refused
  http/site/csrf: J170: %s is refused even with a valid token
10.13  SHOULD  pages cannot be framed
  http/pages/pages: J161: home
10.14  MUST  input is never interpreted as markup
  http/pages/pages: J161: names of clients
  http/fuzz: L244: POST /oauth/token never gets a 5xx response and issues tokens only for valid requests
10.15  MUST  the authorization endpoint is not an open redirector
  http/endpoints/authorize-redirect-uri: B37
`,
  ),
];
