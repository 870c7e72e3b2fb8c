import { rfc, specification } from './specification.ts';

export const METADATA = [
  rfc(
    8414,
    'Authorization Server Metadata',
    `
2  MUST  issuer, endpoints and response types are told, and every value does what its name says
  http/endpoints/well-known: Q295 C56
  http/endpoints/well-known: every URL it names answers
  http/endpoints/well-known-values: scopes, response types and modes
  http/endpoints/well-known-values: ways for a client to prove itself
2.1  MAY  signed metadata
  not offered: TLS says whose it is
3  MUST  the document is at the well-known place
  http/endpoints/well-known: Q299
3.1  MUST  an issuer with a path has it behind the well-known part
  not offered: an issuer with a path is refused at the start
  config: the issuer %s is invalid
3.2  MUST  it is JSON, 200
  http/endpoints/well-known: Q299
3.3  MUST  issuer is the one it was asked of
  http/endpoints/well-known: Q295 C56
  end-to-end/openid-clients: oauth4webapi discovers
`,
  ),
  rfc(
    9207,
    'Issuer Identification',
    `
2  MUST  iss is in every answer, also in errors
  http/endpoints/authorize-answers: A22, A19
  http/endpoints/authorize-answers: A23, A19
2.3  MUST  that is advertised
  http/endpoints/well-known: Q295 C56
2.4  MUST  the client checks it (our GraphiQL)
  end-to-end/graphiql.pglite: RFC 9207 §2.4
`,
  ),
  rfc(
    9728,
    'Protected Resource Metadata',
    `
2  MUST  the API says what it is and which server gives tokens for it
  http/endpoints/well-known: RFC 9728
3.1  MUST  at the well-known place, with the path behind it
  http/endpoints/well-known: RFC 9728
3.3  MUST  resource is the one it was asked of
  http/endpoints/well-known: RFC 9728
5.1  MUST  challenges say where that is
  http/endpoints/well-known: RFC 9728
  end-to-end/openid-clients: oauth4webapi finds the server from the API alone
`,
  ),
  specification(
    'OpenID Connect Discovery 1.0',
    'Discovery',
    'https://openid.net/specs/openid-connect-discovery-1_0.html',
    `
2  MAY  the issuer of a person is found by WebFinger
  not offered: who registers a client knows the issuer
3  MUST  issuer, endpoints, keys, response, subject and signing types are told; RS256 is among them
  http/endpoints/well-known: Q295 C56
  http/endpoints/well-known-values: algorithms, acr values and claims
  end-to-end/openid-conformance-tokens: oidcc-discovery-endpoint-verification
4.1  MUST  the document is at the well-known place
  http/endpoints/well-known: Q299
4.3  MUST  issuer is the one of the ID tokens
  end-to-end/openid-clients: oauth4webapi discovers
`,
  ),
];
