import { ALL_PERMISSIONS } from '../../directory/permissions.ts';
import { SIGNING_ALGORITHM_NAMES } from '../keys/signing-algorithm.ts';
import { GRANT_TYPES } from '../tokens/grants/grants.ts';

/** RFC 7591 §2 */
export const AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
const ACCESS_TOKEN_FORMATS = ['OPAQUE', 'JWT'] as const;
/** OpenID Connect Dynamic Client Registration 1.0 §2 */
const APPLICATION_TYPES = ['web', 'native'] as const;
const CONSENT_MODES = ['REMEMBER', 'ALWAYS'] as const;

export type AuthMethod = (typeof AUTH_METHODS)[number];

/** The values of each enumeration, by its name in GraphQL. */
const ENUMS = {
  GrantType: GRANT_TYPES,
  TokenEndpointAuthMethod: AUTH_METHODS,
  SigningAlgorithm: SIGNING_ALGORITHM_NAMES,
  AccessTokenFormat: ACCESS_TOKEN_FORMATS,
  ApplicationType: APPLICATION_TYPES,
  ConsentMode: CONSENT_MODES,
  Permission: ALL_PERMISSIONS,
} as const satisfies Record<string, readonly string[]>;

type EnumValues = { readonly [Name in keyof typeof ENUMS]: (typeof ENUMS)[Name][number] };

interface Values extends EnumValues {
  readonly String: string;
  readonly Int: number;
  readonly Boolean: boolean;
  readonly JSONObject: Readonly<Record<string, unknown>>;
}

/** The type of a single value, by its name in GraphQL. */
export type ItemType = keyof Values;
export type ListType = `[${ItemType}]`;
/** The type of an attribute, written as in GraphQL: `Int`, `[String]`. */
export type AttributeType = ItemType | ListType;
export type ValueOf<Type extends AttributeType> = Type extends ItemType
  ? Values[Type]
  : Type extends `[${infer Item extends ItemType}]`
    ? readonly Values[Item][]
    : never;

/** What only callers with MANAGE_CLIENTS may set. */
interface Managed<Value> {
  /**
   * Completes the error "Your own clients cannot have …". As a string, it applies to everything except the initial value; as a
   * function, to the values for which it returns a string.
   */
  readonly refused: string | ((value: Value) => string | undefined);
  /** Completes the description "… requires permission MANAGE_CLIENTS." if only some values require it. */
  readonly values?: string;
}

/** An option of `client create`. */
interface CliOption<Value> {
  /** In Commander's notation: `--resource <uri...>`. */
  readonly flags: string;
  /** The value of an option that takes no argument. */
  readonly preset?: Value;
  /** Replaces the attribute's description. */
  readonly description?: string;
}

/** Everything about one attribute of a client, except its column: that is the property of this name in the entity. */
export interface Attribute<Type extends AttributeType, Value = ValueOf<Type> | null> {
  readonly type: Type;
  /** The value if none is given. Null: the attribute is optional, and null removes it. */
  readonly initial: Value;
  /** Whether a registration must give it. */
  readonly required?: true;
  /** Returns the value as it is stored, or throws INVALID. */
  readonly parse?: (value: NonNullable<Value>) => NonNullable<Value>;
  /** If omitted, users may set it for their own clients. */
  readonly managed?: Managed<NonNullable<Value>>;
  /** Its name in the standard that defines it. */
  readonly standard?: string;
  readonly description: string;
  /** Added to the description where the attribute is set, and where it is shown. */
  readonly input?: string;
  readonly output?: string;
  /** The option of `client create`. Numbers and objects have none, because the argument of an option is a string. */
  readonly cli?: Type extends 'Int' | 'JSONObject' ? never : CliOption<NonNullable<Value>>;
}

/** A row of the table: an attribute of any one type. */
export type AnyAttribute = { readonly [Type in AttributeType]: Attribute<Type> }[AttributeType];

/** The values that an enumeration allows, also as the items of a list; undefined for other types. */
export function choicesOf(type: AttributeType): readonly string[] | undefined {
  const item = itemOf(type);
  return isEnum(item) ? ENUMS[item] : undefined;
}

export const isList = (type: AttributeType): type is ListType => type.startsWith('[');

export const itemOf = (type: AttributeType): ItemType => type.replace(/^\[(.*)\]$/, '$1') as ItemType;

const isEnum = (type: ItemType): type is keyof EnumValues => Object.hasOwn(ENUMS, type);

/** Returns the value if it has the type, otherwise undefined. Items of a list that do not have the type are dropped. */
export function knownValue(type: AttributeType, value: unknown): unknown {
  const item = itemOf(type);
  if (!isList(type)) return isItem(item, value) ? value : undefined;
  return Array.isArray(value) ? value.filter((one) => isItem(item, one)) : undefined;
}

function isItem(type: ItemType, value: unknown): boolean {
  if (isEnum(type)) return ENUMS[type].some((choice) => choice === value);
  switch (type) {
    case 'String':
      return typeof value === 'string';
    case 'Int':
      return Number.isInteger(value);
    case 'Boolean':
      return typeof value === 'boolean';
    case 'JSONObject':
      return typeof value === 'object' && value !== null;
  }
}
