import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLField, type GraphQLObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { AccessRule } from '../../../src/graphql/access/access.ts';
import { printedAccess } from '../../../src/graphql/access/print-access.ts';
import { builder } from '../../../src/graphql/builder.ts';
import { printedSchema } from '../../../src/graphql/print-schema.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import type { AccessToken } from '../../../src/oauth/tokens/bearer.ts';

const printed = buildSchema(printedSchema());
const objects = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
const FIELDS = (objects as GraphQLObjectType[]).flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ coordinate: `${type.name}.${field.name}`, type, field })),
);

/** The lists of scopes that the printed text names; an empty list where it says any token; undefined where it says nothing. */
function printedLists(typeName: string, fieldName: string): string[][] | undefined {
  const type = printed.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const [directive, ...more] = field?.astNode?.directives ?? [];
  expect(more).toEqual([]);
  if (directive?.name.value === 'authenticated') return [[]];
  const value = directive?.arguments?.[0]?.value;
  if (value?.kind !== 'ListValue') return undefined;
  return value.values.map((list) =>
    list.kind === 'ListValue' ? list.values.map((item) => (item.kind === 'StringValue' ? item.value : '')) : [],
  );
}

/** A token of somebody who holds every permission. */
const tokenWith = (scopes: readonly string[]): AccessToken => ({
  id: 'x',
  sessionId: undefined,
  resources: [],
  scopes: new Set(scopes),
  expiresAt: new Date(),
  client: { id: 'x', clientId: 'x', mayAsk: [] },
  user: { id: 'x', username: 'x' },
  caller: { superuser: true, permissions: new Set(), userId: 'x', clientId: 'x' },
});

/** How the guard in front of the resolver decides. What the resolver itself makes of such a parent is no matter. */
async function guard(field: GraphQLField<unknown, unknown>, type: GraphQLObjectType, token: AccessToken | undefined) {
  const context = { token, config: { issuer: 'http://localhost' } };
  const info = {
    parentType: type,
    fieldName: field.name,
    path: { key: field.name, prev: undefined, typename: type.name },
  };
  try {
    // A subscription is guarded where it begins.
    await (field.subscribe ?? field.resolve)?.({}, {}, context, info as never);
  } catch (error) {
    return (error as { extensions?: { code?: string } }).extensions?.code;
  }
  return undefined;
}

/** None, each alone, all but each, all. */
const SETS = [
  [],
  ...BUILT_IN_SCOPES.map((scope) => [scope]),
  ...BUILT_IN_SCOPES.map((scope) => BUILT_IN_SCOPES.filter((other) => other !== scope)),
  BUILT_IN_SCOPES,
];

describe('one declaration per field', () => {
  it.each(FIELDS)('$coordinate is guarded as it is printed', async ({ type, field }) => {
    const lists = printedLists(type.name, field.name);
    expect(lists === undefined).toBe(field.extensions.access === 'parent');
    for (const scopes of SETS) {
      const open = !lists || lists.some((list) => list.every((scope) => (scopes as string[]).includes(scope)));
      expect([scopes, await guard(field, type, tokenWith(scopes))]).toEqual([
        scopes,
        open ? undefined : 'INSUFFICIENT_SCOPE',
      ]);
    }
    expect(await guard(field, type, undefined)).toBe(lists ? 'UNAUTHENTICATED' : undefined);
  });

  it.each(FIELDS)('$coordinate ends its description with the scope it takes', ({ type, field }) => {
    const last = field.description?.split('\n\n').at(-1) ?? '';
    const lists = printedLists(type.name, field.name);
    const named = [...last.matchAll(/`([a-z_]+)`/g)].map(([, scope]) => scope);
    expect(last).toMatch(/^Requires scope: .+\.$/);
    expect(named).toEqual(lists?.flat() ?? []);
  });

  it('says the same of the fields of interfaces', () => {
    const fields = Object.values(schema.getTypeMap())
      .filter(isInterfaceType)
      .flatMap((type) => Object.values(type.getFields()));
    expect(fields.length).toBeGreaterThan(0);
    for (const { description } of fields)
      expect(description).toMatch(/\n\nRequires scope: that of the type it is asked of\.$/);
  });

  it('are told in one table, too', () => {
    expect(readFileSync(join(import.meta.dirname, '../../../docs/access.md'), 'utf8')).toBe(printedAccess());
  });

  it('does not compile with a scope or a permission that does not exist', () => {
    const rules: AccessRule[] = [
      { scopes: [['read', 'write']], permission: 'MANAGE_USERS' },
      // @ts-expect-error a misspelt scope
      { scopes: [['raed']] },
      // @ts-expect-error a misspelt permission
      { scopes: [['read']], permission: 'MANAGE_USER' },
      // @ts-expect-error no list of lists
      { scopes: ['read'] },
    ];
    expect(rules).toHaveLength(4);
    // @ts-expect-error a misspelt scope, beside a field
    builder.objectRef('Unbuilt').implement({ fields: (t) => ({ id: t.id({ access: { scopes: [['wirte']] } }) }) });
  });
});
