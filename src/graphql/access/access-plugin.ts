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
  // Pothos plugins declare their options by merging into this namespace.
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
      /** The rule for fields of the type that declare none. */
      access?: AccessRule;
    }
  }
}

/**
 * Every field declares one access rule; the schema fails to build without it. The rule is enforced at the resolver (through
 * scope-auth), used by the check of the whole operation, and printed into the schema as a directive and in the description.
 */
export class AccessPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(field: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    // The types that implement an interface resolve its fields, under their own rules.
    if (field.graphqlKind === 'Interface') return { ...field, description: joined(field.description, RULE_OF_TYPE) };
    const type = this.buildCache.getTypeConfig(field.parentType).pothosOptions as { access?: AccessRule };
    const rule = field.pothosOptions.access ?? type.access;
    if (rule === undefined) throw new PothosSchemaError(`${field.parentType}.${field.name} has no access rule`);

    return {
      ...field,
      description: joined(field.description, describeRule(rule)),
      extensions: {
        ...field.extensions,
        access: rule,
        directives: { ...(field.extensions?.directives as object | undefined), ...directivesOf(rule) },
      },
      pothosOptions: { ...field.pothosOptions, ...(rule === 'parent' ? {} : { authScopes: { access: rule } }) },
    } as PothosOutputFieldConfig<Types>;
  }
}

const RULE_OF_TYPE = 'Requires scope: the one that the type of the object requires.';

const joined = (description: string | null | undefined, rule: string): string =>
  [description, rule].filter((text) => text).join('\n\n');

/** The directives that federation gateways enforce. */
function directivesOf(rule: AccessRule): Record<string, unknown> {
  if (rule === 'parent') return {};
  return rule === 'token' ? { authenticated: {} } : { requiresScopes: { scopes: rule.scopes } };
}

SchemaBuilder.registerPlugin(NAME, AccessPlugin);
