import * as fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from 'graphql';

/** An operation that is valid for its schema and usually within our limits. */
export interface GeneratedOperation {
  readonly text: string;
  readonly variables: Record<string, unknown>;
}

/** An argument or input field that needs a value, the field it belongs to, and its type. */
export interface ValueRequest {
  readonly name: string;
  readonly field: string;
  readonly type: string;
  readonly pick: (below: number) => number;
}

/** Returns the literal of a value, or undefined to leave the argument out. */
export type Literal = (request: ValueRequest) => string | undefined;

const DEPTH = 7;
const ALIASES = 12;
const DIRECTIVES = 9;
const LENGTH = 120;

/** The names of the first variables: an object with a prototype has a value for each of them, even if it was not sent. */
export const INHERITED_NAMES = ['toString', 'constructor', 'valueOf', 'hasOwnProperty'] as const;

/** Generates operations from the schema. An array of numbers decides every choice, and 0 is always the simplest one. */
export function operations(schema: GraphQLSchema, literal: Literal): fc.Arbitrary<GeneratedOperation> {
  const numbers = fc.array(fc.nat({ max: 9999 }), { minLength: LENGTH, maxLength: LENGTH });
  return numbers.map((choices) => write(schema, literal, choices));
}

function write(schema: GraphQLSchema, literal: Literal, choices: readonly number[]): GeneratedOperation {
  /** A variable without a value is declared and not sent. */
  const variables = new Map<string, { readonly type: string; readonly value?: unknown }>();
  const fragments: string[] = [];
  let at = 0;
  let aliases = 0;
  let directives = 0;
  const pick = (below: number): number => (choices[at++] ?? 0) % below;
  const one = <T>(items: readonly T[]): T => items[pick(items.length)] as T;

  const variable = (type: string, value?: unknown): string => {
    const name = INHERITED_NAMES[variables.size] ?? `v${variables.size}`;
    variables.set(name, { type, value });
    return `$${name}`;
  };

  /** Usually no directive; otherwise @include or @skip with a literal or a variable. */
  const directive = (): string => {
    if (pick(6) !== 5 || directives >= DIRECTIVES) return '';
    directives += 1;
    const value = pick(2) === 1;
    return ` @${one(['include', 'skip'])}(if: ${pick(2) === 1 ? variable('Boolean!', value) : value})`;
  };

  const value = (type: GraphQLInputType, name: string, field: string): string | undefined => {
    if (isNonNullType(type)) return value(type.ofType, name, field);
    if (isListType(type)) {
      const item = value(type.ofType, name, field);
      return item && `[${item}]`;
    }
    if (!isInputObjectType(type)) {
      const text = literal({ name, field, type: type.name, pick });
      return text && isEnumType(type) ? one(type.getValues()).name : text;
    }
    return `{${given(Object.values(type.getFields()), field, isRequiredInputField).join(', ')}}`;
  };

  /** All required items and some optional ones. */
  const given = <Item extends GraphQLArgument | GraphQLInputField>(
    items: readonly Item[],
    field: string,
    required: (item: Item) => boolean,
  ): string[] =>
    items.flatMap((item) => {
      if (!required(item) && item.name !== 'first' && pick(4) !== 3) return [];
      if (item.name === 'first' && pick(8) === 7) return [`first: ${variable('Int')}`];
      const text = value(item.type, item.name, field);
      if (text === undefined) return [];
      const byVariable = String(item.type) === 'ID!' && pick(3) === 2;
      return [`${item.name}: ${byVariable ? variable('ID!', JSON.parse(text)) : text}`];
    });

  const fieldOf = (found: GraphQLField<unknown, unknown>, depth: number, used: Set<string>): string => {
    const type = getNamedType(found.type);
    const taken = used.has(found.name);
    if (taken && aliases >= ALIASES) return '__typename';
    const aliased = taken || (pick(8) === 7 && aliases < ALIASES);
    if (aliased) aliases += 1;
    const alias = aliased ? `a${aliases}` : undefined;
    used.add(alias ?? found.name);
    const args = given(found.args, found.name, isRequiredArgument);
    const inner = isLeafType(type) ? '' : ` ${selections(type as GraphQLCompositeType, depth + 1, new Set())}`;
    return `${alias ? `${alias}: ` : ''}${found.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${directive()}${inner}`;
  };

  const selection = (type: GraphQLCompositeType, depth: number, used: Set<string>): string => {
    const shape = depth < DEPTH ? pick(10) : 0;
    if (shape >= 8) {
      const wider = isObjectType(type) ? type.getInterfaces() : [];
      const on = one([type, ...wider, ...(isAbstractType(type) ? schema.getPossibleTypes(type) : [])]);
      if (shape === 8)
        return `...${pick(3) === 2 && on === type ? '' : ` on ${on.name}`}${directive()} ${selections(on, depth, used)}`;
      const name = `F${fragments.length}`;
      const place = fragments.push('') - 1;
      fragments[place] = ` fragment ${name} on ${on.name} ${selections(on, depth, used)}`;
      return `...${name}${directive()}`;
    }
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
    const candidates = depth >= DEPTH ? leaves : fields;
    return candidates.length === 0 ? '__typename' : fieldOf(one(candidates), depth, used);
  };

  const selections = (type: GraphQLCompositeType, depth: number, used: Set<string>): string => {
    const parts = Array.from({ length: 1 + pick(depth < 3 ? 3 : 2) }, () => selection(type, depth, used));
    return `{ ${parts.join(' ')} }`;
  };

  const [kind, root] = one([
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const);
  if (!root) throw new Error(`No ${kind}`);
  const body = selections(root, 1, new Set());
  const declared = [...variables].map(([name, { type }]) => `$${name}: ${type}`).join(', ');
  return {
    text: `${kind}${declared && `(${declared})`} ${body}${fragments.join('')}`,
    variables: Object.fromEntries(
      [...variables].flatMap(([name, sent]) => (sent.value === undefined ? [] : [[name, sent.value]])),
    ),
  };
}
