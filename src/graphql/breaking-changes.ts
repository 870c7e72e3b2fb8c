import { readFileSync } from 'node:fs';
import {
  BreakingChangeType,
  buildSchema,
  findSchemaChanges,
  type GraphQLField,
  type GraphQLSchema,
  getDirectiveValues,
  isObjectType,
} from 'graphql';

type ScopeLists = readonly (readonly string[])[];

/** Changes from one printed schema to another that break existing clients; empty if there are none. */
export function breakingChanges(released: string, current: string): string[] {
  const [before, after] = [buildSchema(released), buildSchema(current)];
  const kinds: readonly string[] = Object.values(BreakingChangeType);
  const shapes = findSchemaChanges(before, after).filter(({ type }) => kinds.includes(type));
  return [...shapes.map(({ description }) => description), ...fieldsWithStricterScopes(before, after)];
}

/** A field that needs more scopes than before: clients need a new registration and users a new consent. */
function fieldsWithStricterScopes(before: GraphQLSchema, after: GraphQLSchema): string[] {
  return Object.values(before.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => {
      const current = after.getType(type.name);
      const currentFields = isObjectType(current) ? current.getFields() : {};
      return Object.values(type.getFields())
        .filter((field) => isStricter(scopesOf(before, field), scopesOf(after, currentFields[field.name] ?? field)))
        .map((field) => `${type.name}.${field.name} requires scopes that it did not require before.`);
    });
}

const isStricter = (before: ScopeLists, after: ScopeLists): boolean =>
  !before.every((granted) => after.some((list) => list.every((scope) => granted.includes(scope))));

/** A field without the directive accepts any token. */
function scopesOf(schema: GraphQLSchema, { astNode }: GraphQLField<unknown, unknown>): ScopeLists {
  const directive = schema.getDirective('requiresScopes');
  const values = astNode && directive ? getDirectiveValues(directive, astNode) : undefined;
  return (values?.scopes as ScopeLists | undefined) ?? [[]];
}

if (import.meta.main) {
  const changes = breakingChanges(
    readFileSync('schema.released.graphql', 'utf8'),
    readFileSync('schema.graphql', 'utf8'),
  );
  const listed = changes.map((change) => `- ${change}`).join('\n');
  if (changes.length > 0) {
    process.stderr.write(
      `This schema breaks clients of schema.released.graphql:\n${listed}\n` +
        'If the change is intended, describe it in the release notes and run: npm run schema:release\n',
    );
    process.exitCode = 1;
  }
}
