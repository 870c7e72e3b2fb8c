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
4.2.1  MUST  an assertion that is not good is invalid_client
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
2.2  MUST  a client proves itself by a JWT (private_key_jwt)
  oauth/clients/client-assertion: a %s assertion authenticates the client at the token, revocation and introspection endpoints
3  MUST  iss and sub are the client, aud is this server and nobody else
  oauth/clients/client-assertion: for us and another server
  oauth/clients/client-assertion: from another issuer
3  MUST  exp is there and not over; nbf and iat are not to come
  oauth/clients/client-assertion: that has expired
  oauth/clients/client-assertion: that is not valid yet
3  MAY  a jti serves once; here it must be there
  oauth/clients/client-assertion: §3 item 7: an assertion is accepted once over all endpoints, even if it is sent ten times at once
3  MUST  it is signed, by a key registered for that client
  oauth/clients/client-assertion: RFC 8725 §3.1
  oauth/clients/client-assertion: an assertion is verified with the currently registered keys
5  MUST  RS256 is understood
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
2  MUST  the registered token_endpoint_auth_method is the one that counts
  oauth/clients/registered-auth-method: S2-12 a client_secret_basic client must send its secret in the header
2  MUST  grant_types and response_types fit together
  graphql/types/register-client: S2-05: inconsistent metadata is rejected with the path of the field
2  MUST  jwks holds public keys only
  oauth/registration/jwks: a private key
2  MAY  jwks_uri
  not offered: keys are registered as they are, so that a client’s server being away or taken over changes nothing
2.2  MAY  names in several languages
  not offered: the pages are in English
2.3  MAY  software statements
  not offered: clients are registered by people who are signed in
3  MAY  a registration endpoint
  not offered: clients are registered by GraphQL, under the permissions of who does it, and by the command line
  http/endpoints/well-known: Q298
5  MUST  redirect URIs are https, loopback or of an app’s own scheme
  oauth/registration/uris: RFC 6749 §3.1.2: registration of redirect URIs
`,
  ),
  rfc(
    7636,
    'Proof Key for Code Exchange',
    `
4.1  MUST  a verifier has 43 to 128 unreserved characters
  oauth/pkce-flow: C53: a verifier that is too short or malformed is rejected, even if it matches
4.2  MUST  S256 is understood
  oauth/pkce: the method S256 is accepted
4.2  MAY  plain, also where no method is sent
  not offered: it protects nothing once the request is read
  oauth/pkce: the method %j is rejected
4.3  MUST  a challenge is well-formed
  oauth/pkce: C49
4.4  MUST  the code is bound to its challenge
  oauth/pkce-flow: the right verifier is accepted from clients with and without a secret
4.4.1  MUST  a challenge that is demanded and missing is invalid_request
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
7.1  SHOULD  one without a period is refused
  oauth/registration/uris: %j is rejected as a redirect URI
7.2  MUST  https links that an app has claimed can be registered
  oauth/registration/uris: %s is accepted, byte for byte
7.3  MUST  on loopback any port will do
  oauth/clients/redirect-uri: %j is accepted
  http/endpoints/authorize-redirect-uri: RFC 8252 §7.3, §8.3
8.3  SHOULD  that holds for addresses, not for the name localhost
  oauth/clients/redirect-uri: B40, B41
8.4  MUST  the whole redirect URI is compared otherwise
  oauth/clients/redirect-uri: the port of localhost must match
8.5  SHOULD  a secret in an app is no secret
  oauth/clients/client-authentication: E85
8.6  SHOULD  where anybody can be the client, consent is asked every time
  http/site/consent: RFC 8252 §8.6
8.12  MAY  embedded browsers are kept out
  not offered: a server cannot tell them reliably
`,
  ),
];
