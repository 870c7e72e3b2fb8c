import type { ResponseType } from '../../oauth/authorize/response-types.ts';
import type { SigningAlgorithm } from '../../oauth/keys/signing-algorithm.ts';
import type { AuthMethod } from '../../oauth/registration/attribute-types.ts';
import { builder } from '../builder.ts';

const METHOD_WORDS: Record<AuthMethod, string> = {
  client_secret_basic: 'RFC 6749 §2.3.1: only HTTP Basic.',
  client_secret_post: 'RFC 6749 §2.3.1: only in the request body.',
  private_key_jwt:
    'RFC 7523 §2.2: a JWT signed with a private key. Its public key is in `jwks`. The client has no secret.',
  none: 'RFC 6749 §2.1: a public client without a secret. PKCE protects its codes.',
};

const RESPONSE_WORDS: Record<ResponseType, string> = {
  code: 'Returns an authorization code, which the client exchanges for tokens. Requires the grant type authorization_code.',
  token: 'Returns an access token in the URL. Requires the grant type implicit.',
};

const ALGORITHM_WORDS: Record<SigningAlgorithm, string> = {
  RS256: 'RSA with SHA-256. Every client library supports it.',
  ES256: 'ECDSA on P-256 with SHA-256. Tokens are shorter.',
  EdDSA: 'Ed25519. Tokens are shorter.',
};

/** Enum values with their descriptions. The GraphQL names are the names in the RFCs. */
const described = <Name extends string>(words: Record<Name, string>): Record<Name, { description: string }> =>
  Object.fromEntries(Object.entries<string>(words).map(([name, description]) => [name, { description }])) as Record<
    Name,
    { description: string }
  >;

export const AuthMethodEnum = builder.enumType('TokenEndpointAuthMethod', {
  description: 'RFC 7591 §2 token_endpoint_auth_method: how a client authenticates.',
  values: described(METHOD_WORDS),
});

export const ResponseTypeEnum = builder.enumType('ResponseType', {
  description: 'RFC 7591 §2 response_types: what the authorization endpoint returns. They follow from the grant types.',
  values: described(RESPONSE_WORDS),
});

export const SigningAlgorithmEnum = builder.enumType('SigningAlgorithm', {
  description: 'RFC 7518 §3.1, RFC 8037 §3.1: how an ID token is signed.',
  values: described<SigningAlgorithm>(ALGORITHM_WORDS),
});

export const AccessTokenFormatEnum = builder.enumType('AccessTokenFormat', {
  description: 'Whether access tokens are opaque strings or JWTs (RFC 9068).',
  values: {
    OPAQUE: {
      description: 'A random string. APIs validate it by introspection, so a revocation takes effect at once.',
    },
    JWT: {
      description:
        'APIs validate the token locally and accept it until it expires, even after a revocation. This server itself always checks for a revocation.',
    },
  },
});

export const ApplicationTypeEnum = builder.enumType('ApplicationType', {
  description: 'OpenID Connect Dynamic Client Registration 1.0 §2 application_type.',
  values: {
    web: { description: 'A web application, or a service.' },
    native: { description: 'An app on the device of the user, such as a command-line tool.' },
  },
});

export const ConsentModeEnum = builder.enumType('ConsentMode', {
  description: 'Whether users are asked for consent every time a client requests access.',
  values: {
    REMEMBER: {
      description:
        'The consent of a user is remembered if the redirect URI proves that the request comes from the client.',
    },
    ALWAYS: { description: 'Users are asked every time.' },
  },
});
