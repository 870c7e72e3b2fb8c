import { rfc, specification } from './specification.ts';

export const HTTP = [
  specification(
    'GraphQL over HTTP',
    'GraphQL over HTTP (draft)',
    'https://graphql.github.io/graphql-over-http/draft/',
    `
Serialization  MUST  requests and responses are JSON in UTF-8
  graphql/over-http: K226 audit $id
  graphql/execution/requests: the media type may have charset=utf-8
URL  MUST  one URL serves all operations
  graphql/over-http: K226 audit $id
POST  MUST  a request is a POST of application/json
  graphql/execution/requests: K209 K220
GET  MAY  queries by GET
  graphql/execution/real-clients: K208 a query can be sent by GET with a bearer header
GET  MUST  a mutation never runs by GET
  graphql/execution/real-clients: K208 %j by GET
Accept  MUST  both application/graphql-response+json and application/json are supported
  graphql/over-http: K226 audit $id
  graphql/execution/requests: a request that accepts no supported media type gets 406
Status  MUST  an invalid document is 400 without data
  graphql/over-http: K226 audit $id
  graphql/execution/requests: K212
Status  MUST  401 and 403 for a missing, invalid or insufficient token
  graphql/access/refusals: S1-20
Status  SHOULD  200 for a partial response
  graphql/access/refusals: a foreign object fails only its own field
`,
  ),
  rfc(
    6265,
    'HTTP State Management (and its successor)',
    `
4.1.3  SHOULD  a session cookie is HttpOnly and SameSite, on https also __Host- and Secure
  http/site/session-cookie: J164: on https
`,
  ),
  rfc(
    7617,
    'The Basic Authentication Scheme',
    `
2  MUST  id and secret are separated at the first colon
  oauth/known-defects: S3-12 Basic credentials are split at the first colon
2  MUST  the scheme is case-insensitive
  oauth/clients/client-authentication-basic: E83: the scheme is case-insensitive and may be followed by several spaces
`,
  ),
  rfc(
    9110,
    'HTTP Semantics',
    `
7.2  MUST  a request for another host is refused
  http/host: L233: Host: %s gets 421 and is not repeated in the response
9.3.7  MAY  OPTIONS lists the supported methods
  http/route: L236: OPTIONS
11  MUST  a malformed Authorization header is refused
  oauth/clients/client-authentication-basic: E83: a malformed Authorization header is invalid_request
15.5.6  MUST  a 405 response has an Allow header
  http/route: L235: PUT, DELETE
15.5.9  MAY  408 for slow requests
  process/listen: L227 L229
`,
  ),
  rfc(
    9112,
    'HTTP/1.1',
    `
3.2  MUST  a request without a Host header, or with two, is 400
  http/host: L232
6.3  MUST  contradicting lengths close the connection
  http/client-error: RFC 9112: data that is not a valid request
  http/endpoints/token-limits: E94: a wrong Content-Length never leads to a token
`,
  ),
];
