import { parseName } from '../../directory/names.ts';
import { OWN_SCOPES } from '../scopes/scope.ts';
import { grantTypesWith } from '../tokens/grants/grants.ts';
import { wordList } from '../word-list.ts';
import type { AnyAttribute } from './attribute-types.ts';
import { parseClientKeys } from './jwks.ts';
import { ACCESS_TOKEN_TTL, parseSeconds, REFRESH_GRACE } from './lifetimes.ts';
import { FOREIGN_GRANT_TYPES, FOREIGN_URIS, USUAL_SCOPES } from './self-service.ts';
import { parseBackchannelLogoutUri, parseClientUri, parseRedirectUris, parseResourceUris } from './uris.ts';

/** The grant types for which a client needs a redirect URI. */
export const NEED_REDIRECT_URI = grantTypesWith(({ needsRedirectUri }) => needsRedirectUri);

/**
 * Every attribute of a client. The types of metadata, defaults, changes, stored columns, GraphQL fields, options of the CLI and
 * the rules for users' own clients follow from this table. Rules that concern several attributes are in `metadata.ts`.
 */
export const ATTRIBUTES = {
  name: {
    type: 'String',
    initial: '',
    required: true,
    parse: (name) => parseName(name, 'name'),
    standard: 'RFC 7591 client_name',
    description: 'Name that users see on the consent page.',
    input: 'At most 150 visible characters.',
    cli: { flags: '--name <name>' },
  },
  clientUri: {
    type: 'String',
    initial: null,
    parse: parseClientUri,
    standard: 'RFC 7591 client_uri',
    description: 'Home page of the client.',
    input: 'Must be https, or http on a loopback address.',
  },
  grantTypes: {
    type: '[GrantType]',
    initial: [],
    required: true,
    parse: (grants) => [...new Set(grants)],
    managed: FOREIGN_GRANT_TYPES,
    standard: 'RFC 7591 grant_types',
    description: 'How the client may get tokens.',
    cli: { flags: '--grant-type <type...>' },
  },
  redirectUris: {
    type: '[String]',
    initial: [],
    parse: parseRedirectUris,
    managed: FOREIGN_URIS,
    standard: 'RFC 7591 redirect_uris',
    description: 'URIs that users can be sent back to, compared byte for byte.',
    input: `At most 20: https, http on a loopback address, or a private-use scheme that contains a dot. Required for ${wordList(NEED_REDIRECT_URI)}.`,
    output: 'A URI that starts with `/` is relative to the issuer.',
    cli: { flags: '--redirect-uri <uri...>' },
  },
  applicationType: {
    type: 'ApplicationType',
    initial: 'web',
    standard: 'OpenID Connect application_type',
    description: 'Whether the client is a web application, or an app on the device of the user.',
    input: 'The redirect URIs of a native public client at `localhost` match with any port.',
    cli: {
      flags: '--native',
      preset: 'native',
      description: 'The client is a native app: its redirect URIs at localhost match with any port if it is public.',
    },
  },
  postLogoutRedirectUris: {
    type: '[String]',
    initial: [],
    parse: (uris) => parseRedirectUris(uris, 'postLogoutRedirectUris'),
    managed: FOREIGN_URIS,
    standard: 'OpenID Connect post_logout_redirect_uris',
    description: 'URIs that users can be sent back to after signing out, compared byte for byte.',
    input: 'The same rules apply as for redirectUris.',
    cli: { flags: '--post-logout-redirect-uri <uri...>' },
  },
  backchannelLogoutUri: {
    type: 'String',
    initial: null,
    parse: parseBackchannelLogoutUri,
    // This server sends requests to the URI.
    managed: { refused: 'a back-channel' },
    standard: 'OpenID Connect backchannel_logout_uri',
    description: 'URI that receives a logout token when a user signs out.',
    input: 'Must be https, or http on a loopback address.',
    cli: { flags: '--backchannel-logout-uri <uri>' },
  },
  scopes: {
    type: '[String]',
    initial: USUAL_SCOPES,
    managed: {
      refused: (scopes) => {
        const foreign = scopes.find((scope) => !OWN_SCOPES.includes(scope));
        return foreign === undefined ? undefined : `the scope ${foreign}`;
      },
      values: `Any scope except ${wordList(OWN_SCOPES)}`,
    },
    standard: 'RFC 7591 scope',
    description: 'Scopes that the client may request, separated by spaces.',
    cli: { flags: '--scope <scopes>' },
  },
  defaultScopes: {
    type: '[String]',
    initial: [],
    parse: (scopes) => [...new Set(scopes)],
    description: 'Scopes that a token gets when the request names none.',
    input: 'If omitted at registration: all of `scope`.',
  },
  tokenEndpointAuthMethod: {
    type: 'TokenEndpointAuthMethod',
    initial: null,
    standard: 'RFC 7591 token_endpoint_auth_method',
    description: 'How the client authenticates. Null: with its secret, by HTTP Basic or in the request body.',
    input:
      '`none` makes a public client. A client with `none` or `private_key_jwt` has no secret: existing ones are deleted.',
  },
  idTokenSignedResponseAlg: {
    type: 'SigningAlgorithm',
    initial: 'RS256',
    standard: 'OpenID Connect id_token_signed_response_alg',
    description: 'Algorithm that signs ID tokens for the client.',
    cli: { flags: '--id-token-alg <algorithm>' },
  },
  jwks: {
    type: 'JSONObject',
    initial: null,
    parse: (jwks) => ({ ...parseClientKeys(jwks) }),
    standard: 'RFC 7591 jwks',
    description: 'Public keys of the client as a JSON Web Key Set, for `private_key_jwt`.',
    input: 'RSA with 2048 bits or more, P-256 or Ed25519. Never send a private key.',
  },
  requirePkce: {
    type: 'Boolean',
    initial: true,
    managed: { refused: 'PKCE switched off', values: 'False' },
    description: 'Whether an authorization code requires PKCE (RFC 7636).',
    input: 'Must be true for a public client.',
    cli: { flags: '--no-pkce', preset: false, description: 'Do not require PKCE.' },
  },
  redirectUriOptional: {
    type: 'Boolean',
    initial: false,
    managed: { refused: 'redirectUriOptional' },
    description: 'Whether the client may omit redirect_uri when it redeems a code.',
  },
  accessTokenTtl: {
    type: 'Int',
    initial: null,
    parse: parseSeconds('accessTokenTtl', ACCESS_TOKEN_TTL),
    managed: { refused: 'their own token lifetime' },
    description: 'Lifetime of access tokens in seconds. Null: as configured for the server.',
    input: `Between ${ACCESS_TOKEN_TTL.min} and ${ACCESS_TOKEN_TTL.max}.`,
  },
  refreshGrace: {
    type: 'Int',
    initial: null,
    parse: parseSeconds('refreshGrace', REFRESH_GRACE),
    description:
      'Seconds for which a used refresh token gets the same tokens again, if shorter than on the server. Null: as there.',
    input: `Between 0 and ${REFRESH_GRACE.max}. With 0 a lost response signs the user out.`,
  },
  resources: {
    type: '[String]',
    initial: [],
    parse: parseResourceUris,
    managed: { refused: 'resources of other servers' },
    description: 'APIs that the client may request tokens for (RFC 8707), in addition to those of this server.',
    input: 'Absolute URIs, at most 20.',
    cli: { flags: '--resource <uri...>' },
  },
  accessTokenFormat: {
    type: 'AccessTokenFormat',
    initial: 'OPAQUE',
    // An API that validates a JWT locally accepts it after its revocation.
    managed: { refused: 'access tokens as JWTs', values: 'JWT' },
    description: 'Whether access tokens are opaque strings or JWTs.',
    cli: {
      flags: '--access-token-jwt',
      preset: 'JWT',
      description:
        'Issue JWT access tokens (APIs validate them locally and do not see a revocation until they expire).',
    },
  },
  consent: {
    type: 'ConsentMode',
    initial: 'REMEMBER',
    description: 'Whether users are asked for consent every time.',
  },
  unverifiedEmail: {
    type: 'Boolean',
    initial: false,
    description: 'Whether the client also gets an email address that its user typed and that nobody has confirmed.',
    input: 'Leave it false if the client links accounts by email address.',
  },
  servicePermissions: {
    type: '[Permission]',
    initial: [],
    parse: (permissions) => [...new Set(permissions)],
    managed: { refused: 'servicePermissions' },
    description: 'What the client may do with a token from client_credentials.',
    output: "These permissions do not apply to users' tokens.",
    input: 'You can grant only permissions that you hold.',
    cli: { flags: '--permission <name...>' },
  },
} as const satisfies Readonly<Record<string, AnyAttribute>>;
