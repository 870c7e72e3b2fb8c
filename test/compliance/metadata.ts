import { rfc, specification } from './specification.ts';

export const METADATA = [
  rfc(
    8414,
    'Authorization Server Metadata',
    `
2  MUST  issuer, endpoints and response types are listed, and every value is correct
  http/endpoints/well-known: Q295 C56
  http/endpoints/well-known: every URL in the metadata responds as its name promises
  http/endpoints/well-known-values: scopes, response types, response modes and grant types are supported
  http/endpoints/well-known-values: client authentication methods and their signing algorithms are supported
2.1  MAY  signed metadata
  not offered: TLS authenticates the server
3  MUST  the document is at the well-known URL
  http/endpoints/well-known: Q299
3.1  MUST  the path of an issuer follows the well-known part
  not offered: ISSUER cannot have a path
  config: the issuer %s is invalid
3.2  MUST  the response is 200 with JSON
  http/endpoints/well-known: Q299
3.3  MUST  issuer equals the URL that the client used
  http/endpoints/well-known: Q295 C56
  end-to-end/openid-clients: oauth4webapi discovers
`,
  ),
  rfc(
    9207,
    'Issuer Identification',
    `
2  MUST  iss is in every response, including errors
  http/endpoints/authorize-responses: A22, A19
  http/endpoints/authorize-responses: A23, A19
2.3  MUST  support is advertised
  http/endpoints/well-known: Q295 C56
2.4  MUST  the client verifies iss (our GraphiQL)
  end-to-end/graphiql.pglite: RFC 9207 §2.4
`,
  ),
  rfc(
    9728,
    'Protected Resource Metadata',
    `
2  MUST  the API publishes its identifier and its authorization server
  http/endpoints/well-known: RFC 9728
3.1  MUST  the document is at the well-known URL, followed by the path
  http/endpoints/well-known: RFC 9728
3.3  MUST  resource equals the URL that the client used
  http/endpoints/well-known: RFC 9728
5.1  MUST  challenges link to the document
  http/endpoints/well-known: RFC 9728
  end-to-end/openid-clients: oauth4webapi discovers the server from the API alone, knowing only /graphql
`,
  ),
  specification(
    'OpenID Connect Discovery 1.0',
    'Discovery',
    'https://openid.net/specs/openid-connect-discovery-1_0.html',
    `
2  MAY  WebFinger finds the issuer of a user
  not offered: the issuer is known when a client is registered
3  MUST  issuer, endpoints, keys and response, subject and signing types are listed, including RS256
  http/endpoints/well-known: Q295 C56
  http/endpoints/well-known-values: algorithms, acr values and claims
  end-to-end/openid-conformance-tokens: oidcc-discovery-endpoint-verification
4.1  MUST  the document is at the well-known URL
  http/endpoints/well-known: Q299
4.3  MUST  issuer equals iss of the ID tokens
  end-to-end/openid-clients: oauth4webapi discovers
`,
  ),
];
