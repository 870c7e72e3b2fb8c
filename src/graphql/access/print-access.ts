import { type GraphQLObjectType, isObjectType } from 'graphql';
import { SCOPES } from '../../oauth/scopes/scope.ts';
import { schema } from '../schema.ts';
import type { AccessRule } from './access.ts';

const HEAD = `# What opens what

Made of the declarations that the server enforces, by \`npm run schema\`.

## Scopes

What a token may do. A person is told so when a client asks for it:

| scope | the sentence at consent |
| --- | --- |
`;

const MIDDLE = `
## Fields

A field opens to a token that has all scopes of its line, or of one of its alternatives, and whose holder has the permission. Fields that are not here only carry others, and open to whoever gets to them; \`node\` takes what the type takes that it finds.

| type | fields | scopes | permission |
| --- | --- | --- | --- |
`;

/** Every rule of the schema, as docs/access.md tells it. */
export function printedAccess(): string {
  const scopes = Object.entries(SCOPES).map(([scope, sentence]) => row([`\`${scope}\``, sentence]));
  const types = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .toSorted((a, b) => a.name.localeCompare(b.name)) as GraphQLObjectType[];
  return `${HEAD}${scopes.join('')}${MIDDLE}${types.flatMap(rowsOf).join('')}`;
}

/** One line for all fields of a type that have the same rule. */
function rowsOf(type: GraphQLObjectType): string[] {
  const rules = Object.groupBy(Object.values(type.getFields()), ({ extensions }) => JSON.stringify(extensions.access));
  return Object.entries(rules).flatMap(([rule, fields = []]) => {
    const names = fields.map(({ name }) => name).toSorted();
    const told = cellsOf(JSON.parse(rule) as AccessRule);
    return told ? [row([`\`${type.name}\``, names.map((name) => `\`${name}\``).join(' '), ...told])] : [];
  });
}

function cellsOf(rule: AccessRule): [scopes: string, permission: string] | undefined {
  if (rule === 'parent') return undefined;
  if (rule === 'token') return ['any token', ''];
  const scopes = rule.scopes.map((list) => list.map((scope) => `\`${scope}\``).join(' and ')).join(', or ');
  return [scopes, rule.permission === undefined ? '' : `${rule.permission}${rule.own ? ', or your own' : ''}`];
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

if (import.meta.main) process.stdout.write(printedAccess());
