import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getDirectiveValues,
  isObjectType,
} from 'graphql';

/** The rule of a field, read only from the text of schema.graphql. */
export interface DeclaredRule {
  /** Alternative lists of scopes. */
  readonly scopes: readonly (readonly string[])[];
  readonly permission: string | undefined;
  readonly own: boolean;
}

export const printed: GraphQLSchema = buildSchema(
  readFileSync(join(import.meta.dirname, '../../../schema.graphql'), 'utf8'),
);

const PERMISSION = /Requires permission: (\w+)(, unless it is your own)?\./;

function ruleOf({ astNode, description }: GraphQLField<unknown, unknown>): DeclaredRule {
  const directive = printed.getDirective('requiresScopes');
  const values = astNode && directive ? getDirectiveValues(directive, astNode) : undefined;
  const [, permission, own] = PERMISSION.exec(description ?? '') ?? [];
  return { scopes: (values?.scopes as string[][] | undefined) ?? [[]], permission, own: own !== undefined };
}

const objectType = (name: string): GraphQLObjectType => {
  const type = printed.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is not an object type of schema.graphql`);
  return type;
};

/** The types that `node` can find. */
export const nodeTypes: readonly string[] = printed
  .getPossibleTypes(printed.getType('Node') as never)
  .map(({ name }) => name);

/** Every root field with its rule; `node` once for each type it can find, under the rule of that type. */
export const rootFields: ReadonlyMap<string, DeclaredRule> = new Map(
  [printed.getQueryType(), printed.getMutationType(), printed.getSubscriptionType()].flatMap((type) =>
    Object.values(type?.getFields() ?? {}).flatMap((field): [string, DeclaredRule][] =>
      field.name === 'node'
        ? nodeTypes.map((name) => [`node(${name})`, ruleOf(objectType(name).getFields().id as never)])
        : [[field.name, ruleOf(field)]],
    ),
  ),
);
