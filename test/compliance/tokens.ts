import { rfc } from './specification.ts';

export const TOKENS = [
  rfc(
    6750,
    'Bearer Token Usage',
    `
2  MUST  one way of sending the token a request
  http/endpoints/userinfo: RFC 6750 §2.2
2.1  MUST  the Authorization header is understood
  graphql/bearer: H133
  http/endpoints/userinfo: tells by GET and by POST
2.2  MAY  the token in a form; here at userinfo only
  http/endpoints/userinfo: RFC 6750 §2.2
  graphql/bearer: H136
2.3  SHOULD  no token in the URL
  http/endpoints/userinfo: RFC 6750 §2.3
  graphql/bearer: H134
3  MUST  every refusal carries a Bearer challenge
  graphql/bearer: H130
  graphql/access/refusals: S1-20
3.1  SHOULD  without credentials the challenge has no error
  graphql/bearer: H130
  http/endpoints/userinfo: RFC 6750 §3.1: 401 without a token
3.1  SHOULD  a bad token is 401 invalid_token
  http/endpoints/token-errors: S3-09 S1-20
3.1  SHOULD  too small a scope is 403 insufficient_scope, with the scope it takes
  http/endpoints/token-errors: S3-09 S4-08
5.2  MUST  tokens travel by TLS
  process/server: S4-03: a public http issuer is refused
5.3  MUST  a cookie is no way to send a token
  graphql/bearer: H140
5.3  SHOULD  tokens live for an hour or less
  system/lifetimes: S4-06 S4-04
5.3  SHOULD  no token in addresses that are kept
  system/url-history: P293: no token
`,
  ),
  rfc(
    7009,
    'Token Revocation',
    `
2  MUST  refresh tokens can be revoked
  http/endpoints/revoke: G113: a refresh token takes its whole family along
2  SHOULD  access tokens as well
  http/endpoints/revoke: G113: an access token dies at once
2.1  MUST  the client proves itself first
  http/endpoints/revoke: G119
2.1  MUST  a client revokes its own tokens only
  http/endpoints/revoke: G116: a confidential client is told so
  http/endpoints/revoke: G116: a public client
2.1  MUST  a revocation holds at once
  system/revoke-then-use.postgres: of ${'$'}{ROUNDS} tokens
2.1  SHOULD  with a refresh token go the access tokens of its grant
  http/endpoints/revoke: G113: a refresh token takes its whole family along
2.1  MUST  a wrong or unknown token_type_hint hinders nothing
  http/endpoints/revoke: G118: token_type_hint=%s
2.2  MUST  an invalid token is answered by 200
  http/endpoints/revoke: G115: unknown, malformed
2.2.1  MUST  503 does not say that the token is gone
  http/endpoints/revoke: G121
2.3  MAY  scripts of registered apps may call it
  http/cors: L236: %s answers the preflight
2.3  MAY  JSONP
  not offered: CORS does it without running foreign text
`,
  ),
  rfc(
    7662,
    'Token Introspection',
    `
2.1  MUST  the endpoint takes POST, and callers prove themselves
  http/endpoints/introspect: G122
  http/endpoints/introspect: G125
2.1  MAY  token_type_hint is passed over
  http/endpoints/introspect: whatever token_type_hint
2.2  MUST  active says whether the token works here and now
  http/endpoints/introspect: an access token: whose
  http/endpoints/introspect: G124: expired
  http/endpoints/introspect: G124: revoked
2.2  SHOULD  of a token that is not active nothing else is told, nor why
  http/endpoints/introspect: G124: unknown
2.2  MUST  who may not know about a token is told the same
  http/endpoints/introspect: a client sees its own
2.3  MUST  a caller that is not known gets the error of RFC 6749 §5.2
  oauth/clients/client-rate-limit: E91: failures at all endpoints with client authentication are counted together
  http/endpoints/introspect: G125
4  MUST  nobody can search for tokens here
  http/endpoints/introspect: G128
`,
  ),
  rfc(
    8707,
    'Resource Indicators',
    `
2  MAY  resource says which APIs the token is for, at both endpoints
  oauth/resource: a token can be limited to several APIs, and introspection lists them
2  MUST  it is an absolute URI without a fragment
  oauth/resource: the resource %s is rejected
2  SHOULD  what is unknown or not allowed is invalid_target
  oauth/resource: the resource %s is rejected
  oauth/resource: too many resources and the resources of another client are rejected
2.2  MAY  the token request narrows what was granted; more is invalid_target
  oauth/resource: resources can be narrowed when a code is redeemed and at every refresh
  oauth/resource: a code is not redeemed by a request for too many resources
3  SHOULD  a token is good for those APIs and no other
  oauth/resource: H145: our API rejects a token for another API
`,
  ),
  rfc(
    9068,
    'JWT Profile for Access Tokens',
    `
2  MAY  access tokens are JWTs; here those of clients that are registered so
  oauth/tokens/access-token: a client without the JWT format gets opaque tokens
2.1  MUST  signed, never none; RS256 is there; the type is at+jwt
  oauth/tokens/access-token: the JWT for a user has every required claim, and the ID token has an at_hash
2.2  MUST  iss, exp, aud, sub, client_id, iat and jti
  oauth/tokens/access-token: the JWT for a user has every required claim, and the ID token has an at_hash
2.2  MUST  a client that speaks for itself is its own sub
  oauth/tokens/access-token: the JWT of a client for its own API is rejected by the GraphQL API
2.2.3  SHOULD  scope says what was granted
  oauth/tokens/access-token: the JWT for a user has every required claim, and the ID token has an at_hash
3  MUST  aud is what resource asked for, or a default of this server
  oauth/tokens/access-token: the JWT of a client for its own API is rejected by the GraphQL API
4  MUST  type, issuer, audience, signature and end are checked; here it is looked up as well
  oauth/tokens/access-token: RFC 8725: an ID token, a foreign signature, no signature, a changed payload and a bare jti are rejected
  oauth/tokens/access-token: a JWT is rejected as soon as its client revokes it or its refresh token
  oauth/tokens/access-token: a JWT is rejected after it has expired
5  MUST  no ID token passes for one
  oauth/tokens/access-token: RFC 8725: an ID token, a foreign signature, no signature, a changed payload and a bare jti are rejected
`,
  ),
];
