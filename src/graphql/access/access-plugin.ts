import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  PothosSchemaError,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core';
import { type AccessRule, describeRule } from './access.ts';

const NAME = 'access' as const;

declare global {
  // Pothos takes its plugins' options by merging into this namespace.
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      access: AccessPlugin<Types>;
    }

    export interface FieldOptions<
      Types extends SchemaTypes,
      ParentShape,
      Type extends TypeParam<Types>,
      Nullable extends FieldNullability<Type>,
      Args extends InputFieldMap,
      ResolveShape,
      ResolveReturnShape,
    > {
      access?: AccessRule;
    }

    export interface ObjectTypeOptions<Types extends SchemaTypes, Shape> {
      /** The rule of every field that has none of its own. */
      access?: AccessRule;
    }
  }
}

/**
 * One declaration per field, and the schema is not built while one is missing. It is enforced at the resolver (through
 * scope-auth), read by the check of the whole operation, printed into the schema and told in the description.
 */
export class AccessPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    // An interface's fields are resolved by the types that have it, under the rules of these.
    if (field.graphqlKind === 'Interface') return { ...field, description: ended(field.description, OF_THE_TYPE) };
    const type = this.buildCache.getTypeConfig(field.parentType).pothosOptions as { access?: AccessRule };
    const rule = field.pothosOptions.access ?? type.access;
    if (rule === undefined)
      throw new PothosSchemaError(`${field.parentType}.${field.name} does not say who may read it`);

    return {
      ...field,
      description: ended(field.description, describeRule(rule)),
      extensions: { ...field.extensions, access: rule, directives: directivesOf(rule) },
      pothosOptions: { ...field.pothosOptions, ...(rule === 'parent' ? {} : { authScopes: { access: rule } }) },
    } as PothosOutputFieldConfig<Types>;
  }
}

const OF_THE_TYPE = 'Requires scope: that of the type it is asked of.';

const ended = (description: string | null | undefined, words: string): string =>
  [description, words].filter((text) => text).join('\n\n');

/** In the words that federated gateways know. */
function directivesOf(rule: AccessRule): Record<string, unknown> {
  if (rule === 'parent') return {};
  return rule === 'token' ? { authenticated: {} } : { requiresScopes: { scopes: rule.scopes } };
}

SchemaBuilder.registerPlugin(NAME, AccessPlugin);
