import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, type GraphQLField, type GraphQLObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ALL_PERMISSIONS } from '../../../src/directory/permissions.ts';
import type { AccessRule } from '../../../src/graphql/access/access.ts';
import { printedAccess } from '../../../src/graphql/access/print-access.ts';
import { printedScopesAndPermissions } from '../../../src/graphql/access/print-scopes-and-permissions.ts';
import { builder } from '../../../src/graphql/builder.ts';
import { printedSchema } from '../../../src/graphql/print-schema.ts';
import { schema } from '../../../src/graphql/schema.ts';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import type { AccessToken } from '../../../src/oauth/tokens/bearer.ts';
import { AUDIT_KINDS } from '../../../src/store/audit/kinds.ts';

const printed = buildSchema(printedSchema());
const objects = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !type.name.startsWith('__'));
const FIELDS = (objects as GraphQLObjectType[]).flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ coordinate: `${type.name}.${field.name}`, type, field })),
);

/** The lists of scopes in the printed directive; one empty list for any token; undefined without a directive. */
function printedLists(typeName: string, fieldName: string): string[][] | undefined {
  const type = printed.getType(typeName);
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  const [directive, ...more] = (field?.astNode?.directives ?? []).filter(({ name }) => name.value !== 'inaccessible');
  expect(more).toEqual([]);
  if (directive?.name.value === 'authenticated') return [[]];
  const value = directive?.arguments?.[0]?.value;
  if (value?.kind !== 'ListValue') return undefined;
  return value.values.map((list) =>
    list.kind === 'ListValue' ? list.values.map((item) => (item.kind === 'StringValue' ? item.value : '')) : [],
  );
}

/** A token of a user with all permissions. */
const tokenWith = (scopes: readonly string[]): AccessToken => ({
  id: 'x',
  sessionId: undefined,
  authorizationId: 'an authorization',
  resources: [],
  scopes: new Set(scopes),
  expiresAt: new Date(),
  client: { id: 'x', clientId: 'x', unverifiedEmail: false, requestableScopes: [] },
  user: { id: 'x', username: 'x' },
  caller: { superuser: true, permissions: new Set(), userId: 'x', clientId: 'x' },
});

/** The error code of the check in front of the resolver. The result of the resolver itself is ignored. */
async function guard(field: GraphQLField<unknown, unknown>, type: GraphQLObjectType, token: AccessToken | undefined) {
  const context = { token, config: { issuer: 'http://localhost' } };
  const info = {
    parentType: type,
    fieldName: field.name,
    path: { key: field.name, prev: undefined, typename: type.name },
  };
  try {
    // A subscription is checked when it starts.
    await (field.subscribe ?? field.resolve)?.({}, {}, context, info as never);
  } catch (error) {
    return (error as { extensions?: { code?: string } }).extensions?.code;
  }
  return undefined;
}

/** No scope, each alone, all but each, all. */
const SETS = [
  [],
  ...BUILT_IN_SCOPES.map((scope) => [scope]),
  ...BUILT_IN_SCOPES.map((scope) => BUILT_IN_SCOPES.filter((other) => other !== scope)),
  BUILT_IN_SCOPES,
];

describe('Access rules', () => {
  it.each(FIELDS)('the resolver of $coordinate enforces the printed rule', async ({ type, field }) => {
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

  it.each(FIELDS)('the description of $coordinate ends with the scopes it requires', ({ type, field }) => {
    const last = field.description?.split('\n\n').at(-1) ?? '';
    const lists = printedLists(type.name, field.name);
    const named = [...last.matchAll(/`([a-z_]+)`/g)].map(([, scope]) => scope);
    expect(last).toMatch(/^Requires scope: .+\.$/);
    expect(named).toEqual(lists?.flat() ?? []);
  });

  it('descriptions of interface fields refer to the rule of the type', () => {
    const fields = Object.values(schema.getTypeMap())
      .filter(isInterfaceType)
      .flatMap((type) => Object.values(type.getFields()));
    expect(fields.length).toBeGreaterThan(0);
    for (const { description } of fields)
      expect(description).toMatch(/\n\nRequires scope: the one that the type of the object requires\.$/);
  });

  it('docs/access.md is up to date', () => {
    expect(readFileSync(join(import.meta.dirname, '../../../docs/access.md'), 'utf8')).toBe(printedAccess());
  });

  it('docs/scopes-and-permissions.md describes every scope, permission and audit kind', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../docs/scopes-and-permissions.md'), 'utf8');
    expect(text).toBe(printedScopesAndPermissions());
    for (const name of [...BUILT_IN_SCOPES, ...ALL_PERMISSIONS]) expect(text).toContain(`\n| \`${name}\` | `);
    for (const kind of Object.keys(AUDIT_KINDS)) expect(text).toContain(` | \`${kind}\` | `);
  });

  it('a rule with an unknown scope or permission does not compile', () => {
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
    // @ts-expect-error a misspelt scope of a field
    builder.objectRef('Unbuilt').implement({ fields: (t) => ({ id: t.id({ access: { scopes: [['wirte']] } }) }) });
  });
});
