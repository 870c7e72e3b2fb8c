import type { ResponseType } from '../../oauth/authorize/response-types.ts';
import type { SigningAlgorithm } from '../../oauth/keys/signing-algorithm.ts';
import type { AuthMethod } from '../../oauth/registration/attribute-types.ts';
import { builder } from '../builder.ts';

const METHOD_WORDS: Record<AuthMethod, string> = {
  client_secret_basic: 'RFC 6749 §2.3.1: HTTP Basic, and nothing else.',
  client_secret_post: 'RFC 6749 §2.3.1: in the body, and nothing else.',
  private_key_jwt: 'RFC 7523 §2.2: a JWT signed by a key whose public half is in `jwks`. There is no secret.',
  none: 'RFC 6749 §2.1: a public client. It has no secret and proves itself by PKCE.',
};

const RESPONSE_WORDS: Record<ResponseType, string> = {
  code: 'An authorization code comes back, to be exchanged for tokens. Goes with authorization_code.',
  token: 'An access token comes back at once, in the URL. Goes with implicit.',
};

const ALGORITHM_WORDS: Record<SigningAlgorithm, string> = {
  RS256: 'RSA with SHA-256: every client library knows it.',
  ES256: 'ECDSA on P-256 with SHA-256: shorter tokens.',
  EdDSA: 'Ed25519: shorter tokens.',
};

/** Values whose names are the RFCs' own strings. */
const described = <Name extends string>(words: Record<Name, string>): Record<Name, { description: string }> =>
  Object.fromEntries(Object.entries<string>(words).map(([name, description]) => [name, { description }])) as Record<
    Name,
    { description: string }
  >;

export const AuthMethodEnum = builder.enumType('TokenEndpointAuthMethod', {
  description: 'RFC 7591 §2 token_endpoint_auth_method: how a client proves itself.',
  values: described(METHOD_WORDS),
});

export const ResponseTypeEnum = builder.enumType('ResponseType', {
  description: 'RFC 7591 §2 response_types: they follow from the grant types.',
  values: described(RESPONSE_WORDS),
});

export const SigningAlgorithmEnum = builder.enumType('SigningAlgorithm', {
  description: 'RFC 7518 §3.1, RFC 8037 §3.1: how an ID token is signed.',
  values: described<SigningAlgorithm>(ALGORITHM_WORDS),
});

export const AccessTokenFormatEnum = builder.enumType('AccessTokenFormat', {
  description: 'Format of access tokens.',
  values: {
    OPAQUE: {
      description: 'A random string. APIs ask this server about it, so that a revocation takes effect at once.',
    },
    JWT: {
      description:
        'RFC 9068. APIs validate it locally and accept it until it expires, even after a revocation. This server itself always checks for a revocation.',
    },
  },
});

export const ConsentModeEnum = builder.enumType('ConsentMode', {
  description: 'Whether people are asked each time a client wants access.',
  values: {
    REMEMBER: {
      description: 'What a person has allowed is remembered, where the redirect URI can be trusted to be the client.',
    },
    ALWAYS: { description: 'People are asked every time.' },
  },
});
