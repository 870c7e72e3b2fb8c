import { DomainError } from '../../directory/error.ts';
import { parseName } from '../../directory/names.ts';
import type { Permission } from '../../directory/permissions.ts';
import { type ResponseType, responseTypesOf } from '../authorize/response-types.ts';
import type { SigningAlgorithm } from '../keys/signing-algorithm.ts';
import { parseScope } from '../scopes/scope.ts';
import { type GrantType, grantTypesWith } from '../tokens/grants/grants.ts';
import { wordList } from '../word-list.ts';
import { readClientKeys } from './jwks.ts';
import { readBackchannelLogoutUri, readClientUri, readRedirectUris, readResourceUris } from './uris.ts';

/** RFC 7591 §2 */
export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export const CONSENT_MODES = ['REMEMBER', 'ALWAYS'] as const;

export const ACCESS_TOKEN_FORMATS = ['OPAQUE', 'JWT'] as const;

export type AccessTokenFormat = (typeof ACCESS_TOKEN_FORMATS)[number];
export type AuthMethod = (typeof AUTH_METHODS)[number];
export type ConsentMode = (typeof CONSENT_MODES)[number];

/** A client as it is registered: RFC 7591's names, and our few options. */
export interface ClientMetadata {
  readonly name: string;
  readonly clientUri: string | null;
  readonly grantTypes: readonly GrantType[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly backchannelLogoutUri: string | null;
  readonly scopes: readonly string[];
  readonly defaultScopes: readonly string[];
  /** Null: Basic or body, whichever comes. */
  readonly tokenEndpointAuthMethod: AuthMethod | null;
  readonly idTokenSignedResponseAlg: SigningAlgorithm;
  /** Public keys, for private_key_jwt; null otherwise. */
  readonly jwks: Readonly<Record<string, unknown>> | null;
  readonly requirePkce: boolean;
  readonly redirectUriOptional: boolean;
  /** Seconds; null: the server's. */
  readonly accessTokenTtl: number | null;
  readonly resources: readonly string[];
  readonly accessTokenFormat: AccessTokenFormat;
  readonly consent: ConsentMode;
  readonly servicePermissions: readonly Permission[];
}

const TTL = { min: 60, max: 365 * 86_400 };

/** The grant types for which a client needs a redirect URI. */
export const NEED_REDIRECT_URI = grantTypesWith(({ needsRedirectUri }) => needsRedirectUri);
const REFRESHABLE = grantTypesWith(({ refreshable }) => refreshable);

/** RFC 6749 §2.1 */
export const isPublic = ({ tokenEndpointAuthMethod }: Pick<ClientMetadata, 'tokenEndpointAuthMethod'>): boolean =>
  tokenEndpointAuthMethod === 'none';

/** True for one that proves itself by a secret we have given it. */
export const hasSecret = ({
  tokenEndpointAuthMethod: method,
}: Pick<ClientMetadata, 'tokenEndpointAuthMethod'>): boolean => method !== 'none' && method !== 'private_key_jwt';

/** What every client must keep to, whoever registers it; returns the metadata as it is stored. `knownScopes`: all there are. */
export function checkMetadata(metadata: ClientMetadata, knownScopes: ReadonlySet<string>): ClientMetadata {
  const grantTypes = [...new Set(metadata.grantTypes)];
  const has = (grant: GrantType): boolean => grantTypes.includes(grant);
  const redirectUris = readRedirectUris(metadata.redirectUris);
  const backchannelLogoutUri = metadata.backchannelLogoutUri;
  const ttl = metadata.accessTokenTtl;

  refuse(grantTypes.length === 0, 'A client needs at least one grant type', 'grantTypes');
  refuse(
    redirectUris.length === 0 && NEED_REDIRECT_URI.some(has),
    `${wordList(NEED_REDIRECT_URI)} need a redirect URI`,
    'redirectUris',
  );
  refuse(
    has('refresh_token') && !REFRESHABLE.some(has),
    `refresh_token goes with ${wordList(REFRESHABLE, 'disjunction')}`,
    'grantTypes',
  );
  // RFC 6749 §4.4: only a confidential client can speak for itself.
  refuse(
    isPublic(metadata) && has('client_credentials'),
    'client_credentials needs a client with a secret',
    'grantTypes',
  );
  refuse(isPublic(metadata) && !metadata.requirePkce, 'A public client must use PKCE', 'requirePkce');
  refuse(
    (metadata.tokenEndpointAuthMethod === 'private_key_jwt') !== (metadata.jwks !== null),
    'private_key_jwt and jwks go together',
    'jwks',
  );
  refuse(
    metadata.servicePermissions.length > 0 && !has('client_credentials'),
    'servicePermissions count for client_credentials tokens only',
    'servicePermissions',
  );
  refuse(
    ttl !== null && !(ttl >= TTL.min && ttl <= TTL.max),
    `accessTokenTtl is between ${TTL.min} and ${TTL.max} seconds`,
    'accessTokenTtl',
  );
  for (const scope of metadata.scopes)
    refuse(!knownScopes.has(scope), `There is no scope ${JSON.stringify(scope)}`, 'scope');
  for (const scope of metadata.defaultScopes)
    refuse(!metadata.scopes.includes(scope), `The client may not ask for ${JSON.stringify(scope)}`, 'defaultScopes');

  return {
    ...metadata,
    name: parseName(metadata.name, 'name'),
    clientUri: metadata.clientUri === null ? null : readClientUri(metadata.clientUri),
    grantTypes,
    jwks: metadata.jwks === null ? null : { ...readClientKeys(metadata.jwks) },
    redirectUris,
    postLogoutRedirectUris: readRedirectUris(metadata.postLogoutRedirectUris, 'postLogoutRedirectUris'),
    backchannelLogoutUri: backchannelLogoutUri === null ? null : readBackchannelLogoutUri(backchannelLogoutUri),
    resources: readResourceUris(metadata.resources),
    defaultScopes: [...new Set(metadata.defaultScopes)],
    servicePermissions: [...new Set(metadata.servicePermissions)],
  };
}

/** RFC 7591 §2: `scope` is one string, its values parted by blanks. */
export function readScope(scope: string): string[] {
  try {
    return parseScope(scope);
  } catch {
    throw new DomainError('INVALID', 'The scope is malformed', ['scope']);
  }
}

/** RFC 7591 §2.1: response types that are told must be those that follow from the grant types. */
export function checkResponseTypes(
  told: readonly ResponseType[] | null | undefined,
  grantTypes: readonly string[],
): void {
  if (told == null) return;
  const derived = responseTypesOf(grantTypes);
  const same = derived.length === new Set(told).size && derived.every((type) => told.includes(type));
  refuse(!same, 'code goes with authorization_code, token with implicit, and neither without', 'responseTypes');
}

function refuse(wrong: boolean, message: string, field: string): void {
  if (wrong) throw new DomainError('INVALID', message, [field]);
}
