import { rfc } from './specification.ts';

export const SECURITY = [
  rfc(
    9700,
    'Best Current Practice for OAuth 2.0 Security',
    `
2.1  MUST  redirect URIs are compared exactly, except for ports of loopback addresses
  oauth/clients/redirect-uri: RFC 9700 §2.1
  http/endpoints/authorize-redirect-uri: RFC 9700 §2.1
2.1  MUST  there is no open redirector
  http/endpoints/authorize-redirect-uri: B37
  http/endpoints/end-session: J178
2.1  MUST  other sites cannot forge requests (CSRF)
  http/site/csrf: J170: %s is refused even with a valid token
2.1.1  MUST  public clients use PKCE
  oauth/pkce-flow: C46: a public client must send one
2.1.1  SHOULD  confidential clients use PKCE, unless registered with requirePkce off
  oauth/pkce-flow: C47
2.1.1  MUST  PKCE is supported, and a downgrade is refused
  oauth/pkce-flow: a repeated verifier is malformed, and a verifier without a challenge is a downgrade
2.1.1  SHOULD  PKCE support is advertised
  http/endpoints/well-known-values: PKCE methods
2.1.2  SHOULD  no implicit grant
  deviates: only an administrator can register a client with it
  process/demo-data: S3-06: the implicit grant is off
2.2.1  SHOULD  access tokens are bound to their sender (DPoP, mTLS)
  deviates: not built yet; access tokens expire after an hour and can be revoked at once
  system/lifetimes: S4-06 S4-04
  system/revoke-then-use.postgres: of ${'$'}{ROUNDS} tokens
2.2.2  MUST  refresh tokens of public clients are rotated or bound to their sender
  oauth/tokens/grants/refresh-token: S4-07: a public client with the grant type refresh_token gets a refresh token that rotates
2.3  SHOULD  tokens have minimal privileges
  oauth/tokens/grants/refresh-token: S1-17 S4-07
  graphql/access/access: access to $field is as the table says
2.3  SHOULD  tokens can be restricted to one API
  oauth/resource: H145
2.4  MUST  no password grant
  deviates: only an administrator can register a client with it
  oauth/tokens/grants/token-request: E89, E74
2.5  SHOULD  clients authenticate with asymmetric keys if possible
  oauth/clients/client-assertion: a %s assertion authenticates the client at the token, revocation and introspection endpoints
2.6  SHOULD  metadata is published
  http/endpoints/well-known: Q295 C56
2.6  MUST  redirect URIs use https, except on loopback addresses
  http/endpoints/authorize-redirect-uri: B32: plain http
2.6  MUST  no CORS at the authorization endpoint
  http/cors: K211: %s sends no CORS headers, not even to a listed origin
4.1  MUST  URIs that resemble a registered redirect URI are refused
  http/endpoints/authorize-redirect-uri: RFC 9700 §2.1, §4.1
4.2.4  SHOULD  no Referer header contains a code
  http/headers: L245: a redirect to a client with a code or an error has these headers, and no Referer
4.3  SHOULD  browser histories contain no valid code and no token
  system/url-history: P293: no URL of Gatehouse
  http/endpoints/authorize-responses: A23, A19
4.4  MUST  iss prevents mix-up attacks
  http/endpoints/authorize-responses: A22, A19
4.5  MUST  a stolen code cannot be used without its verifier
  oauth/pkce-flow: C52, C53
4.8  MUST  a PKCE downgrade is refused
  oauth/pkce-flow: C46: a public client must send one
  oauth/pkce: a verifier without a challenge is rejected
4.12  MUST  forms are answered with a 303 redirect, never 307
  http/site/login: J178: a submitted form gets 303 to a path, without a body
4.13  MUST  proxy headers are only accepted from a trusted proxy
  http/rate-limits-network: J185: forwarding headers are ignored if no proxy is trusted
4.14.2  MUST  replay of a refresh token is detected and revokes its family
  oauth/tokens/grants/refresh-token-replay: F97: a replay revokes the whole token family and is recorded once in the audit trail
  system/race.postgres: 50 replays at once
4.14.2  SHOULD  a refresh token ends with a password change, a sign-out everywhere, and disuse
  http/site/password-change: J188, F110
  oauth/tokens/grants/refresh-token: S3-09 S2-13
4.15  MUST  a client cannot impersonate a user through its client_id
  http/endpoints/introspect: a token from client_credentials has the client as its subject and names no user
  graphql/types/register-client: S0-05: ids have 40 URL-safe characters, secrets have 256 bits, and a secret is returned only once
4.16  MUST  pages cannot be framed
  http/pages/pages: J161: home
4.17  MUST  no message is posted to a window of another origin
  http/endpoints/authorize-errors: A16
`,
  ),
];
