import { rfc } from './specification.ts';

export const JOSE = [
  rfc(
    7515,
    'JSON Web Signature',
    `
4.1.4  SHOULD  kid identifies the signing key
  http/operations/backchannel-logout: the app gets a signed logout token
  oauth/keys/signing-keys: the JWKS has one public key per algorithm with its thumbprint as kid, and may be cached
4.1.11  MUST  an unknown critical header is refused
  oauth/clients/client-assertion: RFC 7515 §4.1.11
5.2  MUST  an invalid signature is refused
  oauth/clients/client-assertion: RFC 8725 §3.1
  http/endpoints/sign-in-subject: a value that is not an ID token of this server for this client is invalid_request
`,
  ),
  rfc(
    7516,
    'JSON Web Encryption',
    `
3  MAY  encrypted tokens
  not offered: TLS encrypts the connection
`,
  ),
  rfc(
    7517,
    'JSON Web Key',
    `
4.1  MUST  a key has kty; here also use, alg and kid
  oauth/keys/signing-keys: the JWKS has one public key per algorithm with its thumbprint as kid, and may be cached
5  MUST  keys are published as a set
  oauth/keys/signing-keys: RFC 7517 §5
9.2  MUST  no private member is published
  oauth/keys/signing-keys: the JWKS has one public key per algorithm with its thumbprint as kid, and may be cached
9.2  MUST  private keys are protected where they are stored
  oauth/keys/signing-keys-secret-key: the database stores private keys sealed with SECRET_KEY, so that a copy of it reveals none
`,
  ),
  rfc(
    7518,
    'JSON Web Algorithms',
    `
3.1  SHOULD  RS256 and ES256
  oauth/openid/id-token: is signed with %s for a client
3.3  MUST  RSA keys have 2048 bits or more
  oauth/registration/jwks: a weak key
3.6  MUST  the algorithm none is refused
  oauth/clients/client-assertion: RFC 8725 §3.1
`,
  ),
  rfc(
    7519,
    'JSON Web Token',
    `
4.1  MUST  exp, nbf, iss, aud and jti are processed as defined
  oauth/clients/client-assertion: that has expired
  oauth/clients/client-assertion: that is not valid yet
  oauth/clients/client-assertion: for the token endpoint instead of the issuer
2  MUST  times are numbers of seconds; other values are refused
  oauth/clients/client-assertion: whose expiry is not a number
`,
  ),
  rfc(
    7638,
    'JSON Web Key Thumbprint',
    `
3  MAY  kid is the thumbprint of the key
  oauth/keys/signing-keys: the JWKS has one public key per algorithm with its thumbprint as kid, and may be cached
`,
  ),
  rfc(
    8037,
    'Edwards curves in JOSE',
    `
3.1  MAY  Ed25519, as EdDSA
  oauth/openid/id-token: is signed with %s for a client
  oauth/clients/client-assertion: a %s assertion authenticates the client at the token, revocation and introspection endpoints
`,
  ),
  rfc(
    8725,
    'JSON Web Token Best Current Practices',
    `
3.1  MUST  the verifier decides on the algorithm
  oauth/clients/client-assertion: RFC 8725 §3.1
3.3  MUST  the signature is verified before claims are used
  oauth/clients/client-assertion: RFC 8725 §3.1
3.8  MUST  issuer and subject are checked
  oauth/clients/client-assertion: from another issuer
3.9  MUST  the audience is checked
  oauth/clients/client-assertion: for the token endpoint instead of the issuer
3.11  SHOULD  the header has the type of the JWT
  oauth/clients/client-assertion: RFC 8725 §3.11
  http/operations/backchannel-logout: the app gets a signed logout token
3.12  MUST  a JWT of another kind is refused
  http/endpoints/sign-in-subject: a value that is not an ID token of this server for this client is invalid_request
`,
  ),
];
