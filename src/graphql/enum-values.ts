/** A value of a GraphQL enum: its name in the schema, and what the code, the wire and the database call it. */
interface NamedValue<Value extends string> {
  readonly name: string;
  readonly value: Value;
  readonly description: string;
}

/** The values of an enum whose GraphQL names may differ from the internal values. */
export const enumValues = <Value extends string>(
  values: readonly NamedValue<Value>[],
): Record<string, { value: Value; description: string }> =>
  Object.fromEntries(values.map(({ name, value, description }) => [name, { value, description }]));
