import type { Advertised } from './advertised.ts';
import { RESPONSE_TYPES, responseTypesOf } from './authorize/response-types.ts';
import { PROMPTS } from './authorize/sign-in-request.ts';
import { ASSERTION_ALGORITHMS } from './clients/client-assertion.ts';
import { SIGNING_ALGORITHM_NAMES } from './keys/signing-algorithm.ts';
import { SCOPE_CLAIMS } from './openid/claims.ts';
import { ID_TOKEN_CLAIMS, PASSWORD_AUTHENTICATION } from './openid/id-token.ts';
import { CODE_CHALLENGE_METHODS } from './pkce.ts';
import { AUTH_METHODS, type AuthMethod } from './registration/attribute-types.ts';
import type { BuiltInScope } from './scopes/scope.ts';

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
export function authorizationServerMetadata(
  issuer: string,
  paths: ReadonlySet<string>,
  { scopes, grantTypes }: Advertised,
): object {
  const responseTypes = responseTypesOf(grantTypes);
  const endpoints = Object.entries(ENDPOINTS).filter(([, path]) => paths.has(path));
  return {
    issuer,
    ...Object.fromEntries(endpoints.map(([name, path]) => [name, issuer + path])),
    scopes_supported: scopes,
    response_types_supported: responseTypes,
    response_modes_supported: responseTypes.map((type) => RESPONSE_TYPES[type].responseMode),
    grant_types_supported: grantTypes,
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
    protected_resources: resourcePaths(paths).map((path) => issuer + path),
  };
}

interface Resource {
  readonly name: string;
  /** The minimal scopes that a client needs. Clients request all listed scopes at once, so the list has no others. */
  readonly scopes: readonly BuiltInScope[];
  readonly methods: readonly ('header' | 'body')[];
}

/** RFC 9728 §1.2: the API at each path. The empty path stands for the whole server, whose userinfo endpoint needs a token. */
export const RESOURCES = {
  '': { name: 'Gatehouse', scopes: ['openid'], methods: ['header', 'body'] },
  '/graphql': { name: 'Gatehouse GraphQL API', scopes: ['read'], methods: ['header'] },
} as const satisfies Record<string, Resource>;

export type ResourcePath = keyof typeof RESOURCES;

/** The resources of a server on which `paths` are mounted. */
export const resourcePaths = (paths: ReadonlySet<string>): ResourcePath[] =>
  (Object.keys(RESOURCES) as ResourcePath[]).filter((path) => path === '' || paths.has(path));

/** RFC 6750 §3: the attribute of a challenge that names the scopes to request. */
export const scopeAttribute = (path: ResourcePath): string => `scope="${RESOURCES[path].scopes.join(' ')}"`;

/** RFC 9728 §2 */
export function protectedResourceMetadata(issuer: string, path: ResourcePath): object {
  const { name, scopes, methods } = RESOURCES[path];
  return {
    resource: issuer + path,
    authorization_servers: [issuer],
    scopes_supported: scopes,
    bearer_methods_supported: methods,
    resource_name: name,
  };
}
