import { DomainError } from '../../directory/error.ts';
import { type ResponseType, responseTypesOf } from '../authorize/response-types.ts';
import { parseScope } from '../scopes/scope.ts';
import { type GrantType, grantTypesWith } from '../tokens/grants/grants.ts';
import { wordList } from '../word-list.ts';
import { type Attribute, isList, knownValue, type ListType, type ValueOf } from './attribute-types.ts';
import { ATTRIBUTES, NEED_REDIRECT_URI } from './attributes.ts';

type Rows = typeof ATTRIBUTES;
export type AttributeName = keyof Rows;
type RequiredName = { [Name in AttributeName]: Rows[Name] extends { required: true } ? Name : never }[AttributeName];
type OptionalName = { [Name in AttributeName]: null extends Rows[Name]['initial'] ? Name : never }[AttributeName];
type ListName = { [Name in AttributeName]: Rows[Name]['type'] extends ListType ? Name : never }[AttributeName];

/** A client as it is registered. Null: the optional attribute is not set. */
export type ClientMetadata = {
  readonly [Name in AttributeName]: ValueOf<Rows[Name]['type']> | (Name extends OptionalName ? null : never);
};

/** Undefined keeps an attribute as it is. Null removes an optional attribute, and keeps any other. */
export type AttributeChanges = { readonly [Name in AttributeName]?: ClientMetadata[Name] | null | undefined };
export type NewAttributes = AttributeChanges & Pick<ClientMetadata, RequiredName>;

/** RFC 7591 §2: metadata whose form differs from the stored one. */
interface Unstored {
  /** Separated by spaces. */
  readonly scope?: string | null | undefined;
  /** They follow from the grant types. */
  readonly responseTypes?: readonly ResponseType[] | null | undefined;
}

export interface ClientRegistration extends Omit<NewAttributes, 'scopes'>, Unstored {}

export interface ClientChanges extends Omit<AttributeChanges, 'scopes'>, Unstored {
  readonly disabled?: boolean | null | undefined;
}

export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as AttributeName[];

/** The same table with the general type of its rows, in which every optional member can be read. */
export const TABLE: { readonly [Name in AttributeName]: Attribute<Rows[Name]['type'], ClientMetadata[Name]> } =
  ATTRIBUTES;

export const isOptional = (name: AttributeName): name is OptionalName => TABLE[name].initial === null;

export const isListed = (name: AttributeName): name is ListName => isList(TABLE[name].type);

/** The field of a registration that sets the attribute. */
export const fieldOf = (name: AttributeName): string => (name === 'scopes' ? 'scope' : name);

type Members<Of extends { readonly [Name in AttributeName]?: unknown }> = {
  readonly [Name in AttributeName]: Of[Name];
};

/** An object with one member for each attribute. */
export const perAttribute = <Of extends { readonly [Name in AttributeName]?: unknown }>(
  member: <Name extends AttributeName>(name: Name) => Of[Name],
): Members<Of> => Object.fromEntries(ATTRIBUTE_NAMES.map((name) => [name, member(name)])) as Members<Of>;

/** Returns a value from the database or the command line if it has the type of the attribute, otherwise undefined. */
export const known = <Name extends AttributeName>(name: Name, value: unknown): ClientMetadata[Name] | undefined =>
  knownValue(TABLE[name].type, value) as ClientMetadata[Name] | undefined;

/** The metadata of a client for which no attributes are given. */
export const INITIAL: ClientMetadata = perAttribute<ClientMetadata>((name) => TABLE[name].initial);

/** The metadata after the changes, not validated yet. */
export function merge(before: ClientMetadata, { scope, ...given }: AttributeChanges & Unstored): ClientMetadata {
  const changes: AttributeChanges = scope == null ? given : { ...given, scopes: parseScopeAttribute(scope) };
  const after = perAttribute<ClientMetadata>((name) => {
    const change = changes[name];
    // Null resets an optional attribute: its initial value is null.
    if (change === null && INITIAL[name] === null) return INITIAL[name];
    return change ?? before[name];
  });
  return {
    ...after,
    // A removed scope is also removed from the default scopes.
    defaultScopes: changes.defaultScopes ?? before.defaultScopes.filter((item) => after.scopes.includes(item)),
    // The keys are removed together with the authentication method that uses them.
    jwks: after.tokenEndpointAuthMethod === 'private_key_jwt' ? after.jwks : (changes.jwks ?? null),
  };
}

const CONFIDENTIAL = grantTypesWith(({ confidential }) => confidential);
const REFRESHABLE = grantTypesWith(({ refreshable }) => refreshable);

/** RFC 6749 §2.1 */
export const isPublic = ({ tokenEndpointAuthMethod }: Pick<ClientMetadata, 'tokenEndpointAuthMethod'>): boolean =>
  tokenEndpointAuthMethod === 'none';

/** True for a client that authenticates with a secret of this server. */
export const hasSecret = ({
  tokenEndpointAuthMethod: method,
}: Pick<ClientMetadata, 'tokenEndpointAuthMethod'>): boolean => method !== 'none' && method !== 'private_key_jwt';

/** The rules for every client, also one of an administrator. Returns the metadata as it is stored, or throws INVALID. */
export function checkMetadata(metadata: ClientMetadata, knownScopes: ReadonlySet<string>): ClientMetadata {
  const checked = perAttribute<ClientMetadata>((name) => parsed(name, metadata[name]));
  const { grantTypes, redirectUris, scopes, servicePermissions } = checked;
  const has = (grant: GrantType): boolean => grantTypes.includes(grant);

  refuse(grantTypes.length === 0, 'A client needs at least one grant type', 'grantTypes');
  refuse(
    redirectUris.length === 0 && NEED_REDIRECT_URI.some(has),
    `${wordList(NEED_REDIRECT_URI)} need a redirect URI`,
    'redirectUris',
  );
  refuse(
    has('refresh_token') && !REFRESHABLE.some(has),
    `refresh_token requires ${wordList(REFRESHABLE, 'disjunction')}`,
    'grantTypes',
  );
  // RFC 6749 §4.4. Without client authentication, anybody could guess passwords through the client.
  refuse(
    isPublic(checked) && CONFIDENTIAL.some(has),
    `${wordList(CONFIDENTIAL)} need a client that authenticates, for example with a secret`,
    'grantTypes',
  );
  refuse(isPublic(checked) && !checked.requirePkce, 'A public client must use PKCE', 'requirePkce');
  refuse(
    (checked.tokenEndpointAuthMethod === 'private_key_jwt') !== (checked.jwks !== null),
    'private_key_jwt requires jwks, and jwks requires private_key_jwt',
    'jwks',
  );
  refuse(
    servicePermissions.length > 0 && !has('client_credentials'),
    'servicePermissions require the grant type client_credentials',
    'servicePermissions',
  );
  for (const scope of scopes) refuse(!knownScopes.has(scope), `There is no scope ${JSON.stringify(scope)}`, 'scope');
  for (const scope of checked.defaultScopes)
    refuse(!scopes.includes(scope), `The client may not request ${JSON.stringify(scope)}`, 'defaultScopes');
  return checked;
}

function parsed<Name extends AttributeName>(name: Name, value: ClientMetadata[Name]): ClientMetadata[Name] {
  const { parse } = TABLE[name];
  return value == null || parse === undefined ? value : parse(value);
}

/** RFC 7591 §2: `scope` is one string, its values separated by spaces. */
function parseScopeAttribute(scope: string): string[] {
  try {
    return parseScope(scope);
  } catch {
    throw new DomainError('INVALID', 'The scope is malformed', ['scope']);
  }
}

/** RFC 7591 §2.1: response types, if given, must be those that follow from the grant types. */
export function checkResponseTypes(
  given: readonly ResponseType[] | null | undefined,
  grantTypes: readonly string[],
): void {
  if (given == null) return;
  const derived = responseTypesOf(grantTypes);
  const same = derived.length === new Set(given).size && derived.every((type) => given.includes(type));
  refuse(
    !same,
    'The response type code must be registered with authorization_code, and token with implicit',
    'responseTypes',
  );
}

function refuse(isInvalid: boolean, message: string, field: string): void {
  if (isInvalid) throw new DomainError('INVALID', message, [field]);
}
