import { RESPONSE_TYPES } from './authorize/response-types.ts';
import { PROMPTS } from './authorize/sign-in-request.ts';
import { ASSERTION_ALGORITHMS } from './clients/client-assertion.ts';
import { SIGNING_ALGORITHM_NAMES } from './keys/signing-algorithm.ts';
import { SCOPE_CLAIMS } from './openid/claims.ts';
import { ID_TOKEN_CLAIMS, PASSWORD_AUTHENTICATION } from './openid/id-token.ts';
import { CODE_CHALLENGE_METHODS } from './pkce.ts';
import { AUTH_METHODS, type AuthMethod } from './registration/attribute-types.ts';
import { BUILT_IN_SCOPES } from './scopes/scope.ts';
import { GRANT_TYPES } from './tokens/grants/grants.ts';

/** RFC 8414 §2, OpenID Connect Discovery 1.0 §3: the metadata name and path of each endpoint. */
const ENDPOINTS = {
  authorization_endpoint: '/oauth/authorize',
  token_endpoint: '/oauth/token',
  revocation_endpoint: '/oauth/revoke',
  introspection_endpoint: '/oauth/introspect',
  jwks_uri: '/oauth/jwks',
  userinfo_endpoint: '/oauth/userinfo',
  end_session_endpoint: '/oauth/logout',
} as const;

/** The client authentication methods of an endpoint, and the signing algorithms for `private_key_jwt`. */
const authenticationAt = (endpoint: string, methods: readonly AuthMethod[]): object => ({
  [`${endpoint}_endpoint_auth_methods_supported`]: methods,
  [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: ASSERTION_ALGORITHMS,
});

/** The metadata document of RFC 8414 and OpenID Connect Discovery 1.0. It lists only endpoints whose path is mounted. */
export function authorizationServerMetadata(issuer: string, paths: ReadonlySet<string>): object {
  const endpoints = Object.entries(ENDPOINTS).filter(([, path]) => paths.has(path));
  return {
    issuer,
    ...Object.fromEntries(endpoints.map(([name, path]) => [name, issuer + path])),
    scopes_supported: BUILT_IN_SCOPES,
    response_types_supported: Object.keys(RESPONSE_TYPES),
    response_modes_supported: Object.values(RESPONSE_TYPES).map(({ responseMode }) => responseMode),
    grant_types_supported: GRANT_TYPES,
    ...authenticationAt('token', AUTH_METHODS),
    ...authenticationAt('revocation', AUTH_METHODS),
    // RFC 7662 §2.1: introspection requires client authentication, so public clients are excluded.
    ...authenticationAt(
      'introspection',
      AUTH_METHODS.filter((method) => method !== 'none'),
    ),
    code_challenge_methods_supported: CODE_CHALLENGE_METHODS,
    authorization_response_iss_parameter_supported: true,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: SIGNING_ALGORITHM_NAMES,
    acr_values_supported: [PASSWORD_AUTHENTICATION.acr],
    prompt_values_supported: PROMPTS,
    display_values_supported: ['page'],
    ui_locales_supported: ['en'],
    claim_types_supported: ['normal'],
    claims_supported: [...ID_TOKEN_CLAIMS, ...Object.values(SCOPE_CLAIMS).flat()],
    claims_parameter_supported: true,
    request_parameter_supported: false,
    // The default would be true.
    request_uri_parameter_supported: false,
    // OpenID Connect Back-Channel Logout 1.0 §2.1
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    protected_resources: [issuer, ...RESOURCES.filter((path) => paths.has(path)).map((path) => issuer + path)],
  };
}

/** RFC 9728 §1.2: paths that have their own metadata document, in addition to the whole server. */
export const RESOURCES = ['/graphql'] as const;

/** RFC 9728 §2: metadata of the API at `path`, or of the whole server (empty path), whose userinfo endpoint needs a token. */
export function protectedResourceMetadata(issuer: string, path: string): object {
  return {
    resource: issuer + path,
    authorization_servers: [issuer],
    scopes_supported: BUILT_IN_SCOPES,
    bearer_methods_supported: path === '' ? ['header', 'body'] : ['header'],
    resource_name: path === '' ? 'Gatehouse' : 'Gatehouse GraphQL API',
  };
}
