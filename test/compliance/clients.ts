import { rfc } from './specification.ts';

export const CLIENTS = [
  rfc(
    7521,
    'Assertion Framework',
    `
4.1  MAY  assertions as grants
  not offered: any other grant_type is unsupported_grant_type
  http/endpoints/token-requests: E74
4.2  MUST  client_assertion and client_assertion_type go together
  oauth/clients/client-assertion: RFC 7521 §4.2
4.2.1  MUST  an invalid assertion is invalid_client
  oauth/clients/client-assertion: §3: an assertion %s is rejected
`,
  ),
  rfc(
    7523,
    'JWT Profile for Client Authentication and Grants',
    `
2.1  MAY  JWTs as grants
  not offered: any other grant_type is unsupported_grant_type
  http/endpoints/token-requests: E74
2.2  MUST  a client authenticates with a JWT (private_key_jwt)
  oauth/clients/client-assertion: a %s assertion authenticates the client at the token, revocation and introspection endpoints
3  MUST  iss and sub are the client, and aud is this server only
  oauth/clients/client-assertion: for us and another server
  oauth/clients/client-assertion: from another issuer
3  MUST  exp is present and not past; nbf and iat are not in the future
  oauth/clients/client-assertion: that has expired
  oauth/clients/client-assertion: that is not valid yet
3  MAY  a jti can be used once; here it is required
  oauth/clients/client-assertion: §3 item 7: an assertion is accepted once over all endpoints, even if it is sent ten times at once
3  MUST  it is signed by a key that is registered for the client
  oauth/clients/client-assertion: RFC 8725 §3.1
  oauth/clients/client-assertion: an assertion is verified with the currently registered keys
5  MUST  RS256 is supported
  oauth/clients/client-assertion: a %s assertion authenticates the client at the token, revocation and introspection endpoints
`,
  ),
  rfc(
    7591,
    'Dynamic Client Registration (its metadata)',
    `
2  MUST  metadata has these names and these defaults
  graphql/types/register-client: S2-03
  graphql/types/register-client: S2-04
2  MUST  the registered token_endpoint_auth_method is enforced
  oauth/clients/registered-auth-method: S2-12 a client_secret_basic client must send its secret in the header
2  MUST  grant_types and response_types are consistent
  graphql/types/register-client: S2-05: inconsistent metadata is rejected with the path of the field
2  MUST  jwks contains public keys only
  oauth/registration/jwks: a private key
2  MAY  jwks_uri
  not offered: keys are registered directly, so that an unavailable or compromised server of a client has no effect
2.2  MAY  localized names
  not offered: the pages are in English
2.3  MAY  software statements
  not offered: clients are registered by signed-in users
3  MAY  a registration endpoint
  not offered: clients are registered through GraphQL, with the permissions of the user, and the command line
  http/endpoints/well-known: Q298
5  MUST  redirect URIs use https, a loopback address or a private-use scheme
  oauth/registration/uris: RFC 6749 §3.1.2: registration of redirect URIs
`,
  ),
  rfc(
    7636,
    'Proof Key for Code Exchange',
    `
4.1  MUST  a verifier has 43 to 128 unreserved characters
  oauth/pkce-flow: C53: a verifier that is too short or malformed is rejected, even if it matches
4.2  MUST  S256 is supported
  oauth/pkce: the method S256 is accepted
4.2  MAY  the method plain, also as the default
  not offered: it gives no protection if the request is intercepted
  oauth/pkce: the method %j is rejected
4.3  MUST  a challenge is well-formed
  oauth/pkce: C49
4.4  MUST  the code is bound to its challenge
  oauth/pkce-flow: the right verifier is accepted from clients with and without a secret
4.4.1  MUST  a missing challenge is invalid_request if one is required
  oauth/pkce-flow: C46: a public client must send one
4.6  MUST  a verifier that does not match is invalid_grant
  oauth/pkce-flow: C52, C53
`,
  ),
  rfc(
    8252,
    'OAuth 2.0 for Native Apps',
    `
6  MUST  public native clients use PKCE
  oauth/clients/registered-auth-method: S2-12 a public client gets no code without an S256 challenge, and cannot be registered without PKCE
7.1  MUST  private-use schemes can be registered
  http/endpoints/authorize-redirect-uri: RFC 8252 §7.3, §8.3
7.1  SHOULD  private-use schemes without a period are refused
  oauth/registration/uris: %j is rejected as a redirect URI
7.2  MUST  claimed https links can be registered
  oauth/registration/uris: %s is accepted, byte for byte
7.3  MUST  any port is accepted on loopback addresses
  oauth/clients/redirect-uri: %j is accepted
  http/endpoints/authorize-redirect-uri: RFC 8252 §7.3, §8.3
8.3  SHOULD  any port at the name localhost is accepted only for public clients that registered it so
  oauth/clients/redirect-uri: B40, B41
8.4  MUST  all other redirect URIs are compared exactly
  oauth/clients/redirect-uri: the port of localhost must match
8.5  SHOULD  a secret in an app does not authenticate it
  oauth/clients/client-authentication: E85
8.6  SHOULD  consent is requested every time if anyone can impersonate the client
  http/site/consent: RFC 8252 §8.6
8.12  MAY  embedded browsers are refused
  not offered: a server cannot detect them reliably
`,
  ),
];
