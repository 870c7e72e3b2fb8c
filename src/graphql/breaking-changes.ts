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

/** What programs that were written for one printed schema can no longer do with another; nothing if they go on as they are. */
export function breakingChanges(released: string, current: string): string[] {
  const [before, after] = [buildSchema(released), buildSchema(current)];
  const kinds: readonly string[] = Object.values(BreakingChangeType);
  const shapes = findSchemaChanges(before, after).filter(({ type }) => kinds.includes(type));
  return [...shapes.map(({ description }) => description), ...closedFields(before, after)];
}

/** Fields that some token opened and now does not: its client must be registered, and its people asked, for more. */
function closedFields(before: GraphQLSchema, after: GraphQLSchema): string[] {
  return Object.values(before.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => {
      const now = after.getType(type.name);
      const kept = isObjectType(now) ? now.getFields() : {};
      return Object.values(type.getFields())
        .filter((field) => isClosed(scopesOf(before, field), scopesOf(after, kept[field.name] ?? field)))
        .map((field) => `${type.name}.${field.name} takes scopes that it did not take.`);
    });
}

const isClosed = (before: ScopeLists, after: ScopeLists): boolean =>
  !before.every((held) => after.some((list) => list.every((scope) => held.includes(scope))));

/** Without the directive any token will do. */
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
      `This schema breaks programs that were written for schema.released.graphql:\n${listed}\n` +
        'If that is meant, say so in the notes of the release and run: npm run schema:release\n',
    );
    process.exitCode = 1;
  }
}
