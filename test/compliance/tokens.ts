import { rfc } from './specification.ts';

export const TOKENS = [
  rfc(
    6750,
    'Bearer Token Usage',
    `
2  MUST  one method of sending the token per request
  http/endpoints/userinfo: RFC 6750 §2.2
2.1  MUST  the Authorization header is supported
  graphql/bearer: H133
  http/endpoints/userinfo: GET and POST return the claims of the scopes of the token, and caches may not store them
2.2  MAY  the token can be sent in a form; here at userinfo only
  http/endpoints/userinfo: RFC 6750 §2.2
  graphql/bearer: H136
2.3  SHOULD  tokens in the URL are refused
  http/endpoints/userinfo: RFC 6750 §2.3
  graphql/bearer: H134
3  MUST  every refusal has a Bearer challenge
  graphql/bearer: H130
  graphql/access/refusals: S1-20
3.1  SHOULD  without credentials the challenge has no error
  graphql/bearer: H130
  http/endpoints/userinfo: RFC 6750 §3.1: a request without a token gets 401 without an error code; an inactive token is invalid_token
3.1  SHOULD  an invalid token is 401 invalid_token
  http/endpoints/token-errors: S3-09 S1-20
3.1  SHOULD  an insufficient scope is 403 insufficient_scope with the required scope
  http/endpoints/token-errors: S3-09 S4-08
5.2  MUST  tokens are sent over TLS
  process/server: S4-03: a public http issuer is refused
5.3  MUST  tokens in cookies are not accepted
  graphql/bearer: H140
5.3  SHOULD  tokens live for an hour or less
  system/lifetimes: S4-06 S4-04
5.3  SHOULD  no URL contains a token
  system/url-history: P293: no URL of Gatehouse
`,
  ),
  rfc(
    7009,
    'Token Revocation',
    `
2  MUST  refresh tokens can be revoked
  http/endpoints/revoke: G113: revoking a refresh token revokes its whole family, earlier tokens and later ones
2  SHOULD  access tokens can be revoked
  http/endpoints/revoke: G113: an access token is revoked at once and alone, and the audit trail names its user
2.1  MUST  the client authenticates
  http/endpoints/revoke: G119
2.1  MUST  a client can revoke only its own tokens
  http/endpoints/revoke: G116: a confidential client gets an error, and the token stays active
  http/endpoints/revoke: G116: a public client
2.1  MUST  a revocation takes effect at once
  system/revoke-then-use.postgres: of ${'$'}{ROUNDS} tokens
2.1  SHOULD  revoking a refresh token revokes the access tokens of its grant
  http/endpoints/revoke: G113: revoking a refresh token revokes its whole family, earlier tokens and later ones
2.1  MUST  a wrong or unknown token_type_hint is ignored
  http/endpoints/revoke: G118: with token_type_hint=%s the search is extended to other token types
2.2  MUST  the response for an invalid token is 200
  http/endpoints/revoke: G115: an unknown token, a malformed one and one of another kind get 200, and nothing is written
2.2.1  MUST  a 503 does not mean that the token was revoked
  http/endpoints/revoke: G121
2.3  MAY  scripts of registered apps can call the endpoint (CORS)
  http/cors: L236: %s responds to the preflight of a listed origin
2.3  MAY  JSONP
  not offered: CORS replaces it
`,
  ),
  rfc(
    7662,
    'Token Introspection',
    `
2.1  MUST  the endpoint accepts POST, and callers authenticate
  http/endpoints/introspect: G122
  http/endpoints/introspect: G125
2.1  MAY  token_type_hint can be ignored
  http/endpoints/introspect: token_type_hint=%s does not change the response
2.2  MUST  active states whether the token is valid for the caller
  http/endpoints/introspect: an access token is described by its user, client, scopes and times
  http/endpoints/introspect: G124: an expired token is inactive
  http/endpoints/introspect: G124: a revoked token is inactive, whether revoked by the client or with its family
2.2  SHOULD  the response for an inactive token has no other member
  http/endpoints/introspect: G124: an unknown token, a malformed one and one of another kind are inactive
2.2  MUST  an unauthorized caller gets the same response
  http/endpoints/introspect: a client can introspect its own tokens; with INTROSPECT all tokens, as long as it has the permission
2.3  MUST  an unauthenticated caller gets the error of RFC 6749 §5.2
  oauth/clients/client-rate-limit: E91: failures at all endpoints with client authentication are counted together
  http/endpoints/introspect: G125
4  MUST  the endpoint cannot be used to search for tokens
  http/endpoints/introspect: G128
`,
  ),
  rfc(
    8707,
    'Resource Indicators',
    `
2  MAY  resource selects the APIs of a token, at both endpoints
  oauth/resource: a token can be limited to several APIs, and introspection lists them
2  MUST  resource is an absolute URI without a fragment
  oauth/resource: the resource %s is rejected
2  SHOULD  an unknown or unregistered resource is invalid_target
  oauth/resource: the resource %s is rejected
  oauth/resource: too many resources and the resources of another client are rejected
2.2  MAY  the token request can narrow the granted resources; more is invalid_target
  oauth/resource: resources can be narrowed when a code is redeemed and at every refresh
  oauth/resource: a code is not redeemed by a request for too many resources
3  SHOULD  a token is valid for those APIs only
  oauth/resource: H145: our API rejects a token for another API
`,
  ),
  rfc(
    9068,
    'JWT Profile for Access Tokens',
    `
2  MAY  access tokens can be JWTs; here for clients registered with this format
  oauth/tokens/access-token: a client without the JWT format gets opaque tokens
2.1  MUST  they are signed, never with none; RS256 is supported; the type is at+jwt
  oauth/tokens/access-token: the JWT for a user has every required claim, and the ID token has an at_hash
2.2  MUST  they have iss, exp, aud, sub, client_id, iat and jti
  oauth/tokens/access-token: the JWT for a user has every required claim, and the ID token has an at_hash
2.2  MUST  sub is the client if there is no user
  oauth/tokens/access-token: the JWT of a client for its own API is rejected by the GraphQL API
2.2.3  SHOULD  scope lists the granted scopes
  oauth/tokens/access-token: the JWT for a user has every required claim, and the ID token has an at_hash
3  MUST  aud is the requested resource or a default
  oauth/tokens/access-token: the JWT of a client for its own API is rejected by the GraphQL API
4  MUST  type, issuer, audience, signature and expiry are checked; here also the database
  oauth/tokens/access-token: RFC 8725: an ID token, a foreign signature, no signature, a changed payload and a bare jti are rejected
  oauth/tokens/access-token: a JWT is rejected as soon as its client revokes it or its refresh token
  oauth/tokens/access-token: a JWT is rejected after it has expired
5  MUST  an ID token is refused as an access token
  oauth/tokens/access-token: RFC 8725: an ID token, a foreign signature, no signature, a changed payload and a bare jti are rejected
`,
  ),
];
