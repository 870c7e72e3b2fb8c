import {
  type DocumentNode,
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isAbstractType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';
import { PAGE_DEFAULT } from '../connection.ts';
import { badRequest } from '../errors.ts';
import { findNodeId } from '../node-id.ts';
import type { AccessRule } from './access.ts';
import { ruleOfNode } from './access.ts';
import { LIMITS } from './limits.ts';
import { Meter } from './operation-limits.ts';

/** A validated document and the parameters of its request. */
export interface Operation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  /** Undefined if not known; `requiredScopes` may be called without them. */
  readonly variables: Readonly<Record<string, unknown>> | undefined;
}

/** The position of the walk: its depth, the number of objects there, and their possible types. */
interface Place {
  readonly depth: number;
  readonly times: number;
  readonly types: readonly GraphQLObjectType[];
  /** In a connection: the names of the lists that are selected, `nodes` and `edges`. */
  readonly lists: Set<string>;
}

/** The access rules of all fields of an operation, each once, in document order; and the error of an exceeded limit. */
export interface OperationWalk {
  readonly rules: ReadonlySet<AccessRule>;
  readonly refusal: GraphQLError | undefined;
  /** Maximum number of objects that are read. */
  readonly cost: number;
}

/**
 * Visits every field that is not excluded by @skip or @include, for every type that its fragment can apply to, and measures the
 * operation. If the variables are not known, fields that depend on them are included.
 */
export function walkOperation(operation: Operation): OperationWalk {
  const definition = getOperationAST(operation.document, operation.operationName);
  const root = definition && operation.schema.getRootType(definition.operation);
  if (!definition || !root)
    return {
      rules: new Set(),
      cost: 0,
      refusal: badRequest('The document does not contain the requested operation', 'BAD_REQUEST'),
    };

  const walk = new Walk(operation, definition);
  walk.selections(definition.selectionSet, { depth: 1, times: 1, types: [root], lists: new Set() });
  return walk.outcome();
}

class Walk {
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, SelectionSetNode & { on?: string }>;
  readonly #variables: Record<string, unknown> | undefined;
  readonly #meter = new Meter();
  readonly #rules = new Set<AccessRule>();

  constructor(operation: Operation, definition: OperationDefinitionNode) {
    this.#schema = operation.schema;
    this.#fragments = new Map(
      operation.document.definitions.flatMap((item) =>
        item.kind === Kind.FRAGMENT_DEFINITION
          ? [[item.name.value, { ...item.selectionSet, on: item.typeCondition.name.value }] as const]
          : [],
      ),
    );
    const defaults = (definition.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)] as const] : [],
    );
    // Without a prototype, because a variable that was not sent may be called `toString`.
    this.#variables =
      operation.variables && Object.assign(Object.create(null), Object.fromEntries(defaults), operation.variables);
  }

  outcome(): OperationWalk {
    return { rules: this.#rules, cost: this.#meter.cost, refusal: this.#meter.exceeded() };
  }

  selections(set: SelectionSetNode, place: Place): void {
    for (const selection of set.selections) {
      this.#meter.step(selection.directives?.length ?? 0);
      if (this.#meter.exceeded()) return;
      if (!this.#included(selection.directives ?? [])) continue;
      if (selection.kind === Kind.FIELD) this.#field(selection, place);
      else if (selection.kind === Kind.INLINE_FRAGMENT)
        this.selections(selection.selectionSet, this.#narrowed(place, selection.typeCondition?.name.value));
      else {
        const fragment = this.#fragments.get(selection.name.value);
        if (fragment) this.selections(fragment, this.#narrowed(place, fragment.on));
      }
    }
  }

  /**
   * A fragment on an object type is always visited, even if the object has another type, so that the rules do not depend on
   * data.
   */
  #narrowed(place: Place, on: string | undefined): Place {
    const type = on === undefined ? undefined : this.#schema.getType(on);
    return isObjectType(type) ? { ...place, types: [type] } : place;
  }

  /** Aliases could repeat the whole schema many times in one response. */
  #introspection({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      this.#meter.step(selection.directives?.length ?? 0);
      if (this.#meter.exceeded()) return;
      if (selection.kind === Kind.FIELD && selection.alias) this.#meter.introspectionAlias();
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD ? this.#fragments.get(selection.name.value) : selection.selectionSet;
      if (inner) this.#introspection(inner);
    }
  }

  #field(node: FieldNode, place: Place): void {
    const { depth, times, types } = place;
    const name = node.name.value;
    // Validation rules already limit introspection, but not its aliases.
    if (name === '__schema' || name === '__type') {
      if (node.alias) this.#meter.introspectionAlias();
      if (node.selectionSet) this.#introspection(node.selectionSet);
      return;
    }
    this.#meter.field(depth, node.alias !== undefined);
    if (name === '__typename') return;

    for (const type of types) {
      const field = type.getFields()[name];
      if (!field) continue;
      const rule = field.extensions.access as AccessRule;
      this.#rules.add(rule);
      if (typeof field.extensions.cost === 'number') this.#meter.load(field.extensions.cost);
      const objects = times * this.#objectsPerParent(field, node, rule);
      if (this.#counts(field, node, rule, place)) this.#meter.load(objects);
      if (!node.selectionSet) continue;
      const possible = this.#typesOf(field, node);
      if (isAbstractType(getNamedType(field.type))) for (const item of possible) this.#rules.add(ruleOfNode(item));
      this.selections(node.selectionSet, {
        depth: depth + 1,
        times: objects,
        types: possible,
        lists: new Set(),
      });
    }
  }

  /** The types that a field can return. For `node` the id determines the type. */
  #typesOf(field: GraphQLField<unknown, unknown>, node: FieldNode): readonly GraphQLObjectType[] {
    const type = getNamedType(field.type);
    if (isObjectType(type)) return [type];
    if (!isAbstractType(type)) return [];
    const possible = this.#schema.getPossibleTypes(type);
    if (!isInterfaceType(type) || type.name !== 'Node') return possible;
    const id = this.#argument(node, 'id');
    if (id === undefined && !this.#variables) return possible;
    const found = findNodeId(String(id));
    return possible.filter(({ name }) => name === found?.typename);
  }

  /** A page counts where it is read, so its parts are free, unless an alias or its other list repeats its objects. */
  #counts(field: GraphQLField<unknown, unknown>, node: FieldNode, rule: AccessRule, { lists }: Place): boolean {
    if (node.alias) return true;
    if (!node.selectionSet || rule !== 'parent') return node.selectionSet !== undefined;
    if (!isListType(getNullableType(field.type))) return false;
    lists.add(field.name);
    return lists.size > 1;
  }

  /** Maximum number of objects that a field reads per parent object. */
  #objectsPerParent(field: GraphQLField<unknown, unknown>, node: FieldNode, rule: AccessRule): number {
    if (rule === 'parent') return 1;
    if (!field.args.some(({ name }) => name === 'first'))
      return isListType(getNullableType(field.type)) ? PAGE_DEFAULT : 1;
    const size = this.#argument(node, 'first') ?? this.#argument(node, 'last') ?? PAGE_DEFAULT;
    return typeof size === 'number' && size > 0 ? Math.min(size, LIMITS.cost) : 1;
  }

  #argument(node: FieldNode, name: string): unknown {
    const argument = node.arguments?.find((item) => item.name.value === name);
    return argument && valueFromASTUntyped(argument.value, this.#variables);
  }

  #included(directives: NonNullable<FieldNode['directives']>): boolean {
    return directives.every((directive) => {
      const name = directive.name.value;
      const condition = directive.arguments?.[0];
      if (!condition || (name !== 'skip' && name !== 'include')) return true;
      // An unknown condition counts as included, so that no rule is missed.
      return valueFromASTUntyped(condition.value, this.#variables) !== (name === 'skip');
    });
  }
}
