import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import {
  type GraphQLNamedType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import type { AccessRule } from '../../src/graphql/access/access.ts';
import '../../src/graphql/access/access-plugin.ts';
import { encodeNodeId } from '../../src/graphql/node-id.ts';
import { printedSchema } from '../../src/graphql/print-schema.ts';
import { schema } from '../../src/graphql/schema.ts';

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

interface Described {
  readonly coordinate: string;
  readonly description: string | null | undefined;
}

/** The type and all its members that can have a description. */
function partsOf(type: GraphQLNamedType): Described[] {
  const parts: Described[] = [{ coordinate: type.name, description: type.description }];
  const add = (name: string, description: string | null | undefined) =>
    parts.push({ coordinate: `${type.name}.${name}`, description });
  if (isEnumType(type)) for (const value of type.getValues()) add(value.name, value.description);
  if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) add(field.name, field.description);
  if (isObjectType(type) || isInterfaceType(type))
    for (const field of Object.values(type.getFields())) {
      add(field.name, field.description);
      for (const argument of field.args) add(`${field.name}(${argument.name})`, argument.description);
    }
  return parts;
}

const directives = schema
  .getDirectives()
  .filter((directive) => !isSpecifiedDirective(directive))
  .flatMap(({ name, description, args }) => [
    { coordinate: `@${name}`, description },
    ...args.map((argument) => ({ coordinate: `@${name}(${argument.name})`, description: argument.description })),
  ]);

/** The description without the access rule that is added to every field. */
const ownWords = (description: string | null | undefined): string[] =>
  (description ?? '')
    .replace(/(^|\n\n)Requires [^\n]*$/, '')
    .toLowerCase()
    .match(/[\w§@-]+/g) ?? [];

const EMPTY_WORDS = new Set('a an the its their this that of to in is it be for and'.split(' '));

/** True if the name already contains the word. */
const restates = (word: string, coordinate: string): boolean =>
  EMPTY_WORDS.has(word) || coordinate.toLowerCase().includes(word.replace(/s$/, ''));

const ruleOf = (type: string, field: string): AccessRule | undefined => {
  const found = schema.getType(type);
  return isObjectType(found) ? (found.getFields()[field]?.extensions.access as AccessRule | undefined) : undefined;
};

describe('Global ids', () => {
  const withId = types.filter((type) => isObjectType(type) && type.getFields().id !== undefined).filter(isObjectType);

  it('every type with an `id` is a Node, except secrets, whose ids have a prefix of their own', () => {
    const nodes = withId.filter((type) => type.getInterfaces().some(({ name }) => name === 'Node'));
    expect(withId.filter((type) => !nodes.includes(type)).map(({ name }) => name)).toEqual(['ClientSecret']);
    const ids = nodes.map(({ name }) => encodeNodeId(name, '00000000-0000-4000-8000-000000000000'));
    expect(new Set(ids).size).toBe(nodes.length);
    expect(ids.filter((id) => id.startsWith('sec_'))).toEqual([]);
  });
});

describe('The schema', () => {
  it('schema.graphql is up to date', () => {
    expect(readFileSync(join(import.meta.dirname, '../../schema.graphql'), 'utf8')).toBe(printedSchema());
  });

  it('every type, field, argument, input field, enum value and directive has a description that adds to its name', () => {
    const poor = [...types.flatMap(partsOf), ...directives].filter(({ coordinate, description }) => {
      const words = ownWords(description);
      return (
        words.length < 3 || !description?.trim().endsWith('.') || words.every((word) => restates(word, coordinate))
      );
    });
    expect(poor).toEqual([]);
  });

  it('the description check ignores the access rule and repeated names', () => {
    const rule = 'Requires scope: `read`. Requires permission: READ_DIRECTORY, unless it is your own.';
    expect([ownWords(rule), ownWords(`When.\n\n${rule}`)]).toEqual([[], ['when']]);
    const said = (text: string, coordinate: string) => ownWords(text).every((word) => restates(word, coordinate));
    expect(said('Their first name.', 'User.firstName')).toBe(true);
    expect(said('First name. Empty if it is not set.', 'User.firstName')).toBe(false);
  });

  it('inputs use only scalars that accept any value, so that errors are in the payload', () => {
    const inputs = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()));
    const scalars = inputs.map(({ type }) => getNamedType(type)).filter((type) => !isEnumType(type));
    expect([...new Set(scalars.map(({ name }) => name))].sort()).toEqual([
      'Boolean',
      'ID',
      'Int',
      'JSONObject',
      'String',
    ]);
  });

  it('every field of every object type has an access rule', () => {
    const without = types
      .filter(isObjectType)
      .flatMap((type) => Object.keys(type.getFields()).map((field) => [type.name, field] as const))
      .filter(([type, field]) => ruleOf(type, field) === undefined);
    expect(without).toEqual([]);
  });

  it('the schema fails to build if a field has no access rule', () => {
    const builder = new SchemaBuilder<{ AuthScopes: { access: AccessRule } }>({
      plugins: [ScopeAuthPlugin, 'access'],
      scopeAuth: { authScopes: () => ({ access: true }) },
    });
    builder.queryType({ fields: (t) => ({ open: t.string({ resolve: () => 'door' }) }) });
    expect(() => builder.toSchema()).toThrow('Query.open has no access rule');
  });

  it('the printed schema has the rules as directives and in descriptions', () => {
    const text = printedSchema();
    expect(text).toContain('username: String! @requiresScopes(scopes: [["profile"], ["read"]])');
    expect(text).toContain('deleteGroup(\n');
    expect(text).toMatch(/\): DeleteGroupPayload @requiresScopes\(scopes: \[\["write", "groups"\]\]\)/);
    expect(text).toMatch(/viewer: Viewer @authenticated/);
    expect(text).toContain('Requires scope: `write` and `groups`. Requires permission: MANAGE_GROUPS.');
    expect(text).toContain('Requires scope: `clients`. Requires permission: MANAGE_CLIENTS, unless it is your own.');
  });

  it('S1-05 S1-06 I157 no field returns a hash, a digest, a session or a stored token', () => {
    const names = types.filter(isObjectType).flatMap((type) => Object.keys(type.getFields()));
    expect(names.filter((name) => /hash|digest|password$|session|salt|nonce|challenge/i.test(name))).toEqual([
      'setPassword',
    ]);
    expect(
      Object.keys((schema.getType('ClientSecret') as { getFields(): object } & GraphQLNamedType).getFields()).sort(),
    ).toEqual(['createdAt', 'expiresAt', 'id', 'label', 'lastUsedAt']);
  });

  it('names that existing clients rely on are unchanged', () => {
    const fields = (type: string): string[] => {
      const found = schema.getType(type);
      return isObjectType(found) ? Object.keys(found.getFields()) : [];
    };
    expect(fields('User')).toEqual(
      expect.arrayContaining([
        'id',
        'username',
        'email',
        'emailVerified',
        'firstName',
        'lastName',
        'attributes',
        'disabled',
        'createdAt',
        'groups',
      ]),
    );
    expect(fields('Group')).toEqual(expect.arrayContaining(['id', 'name', 'permissions', 'members']));
    expect(fields('Client')).toEqual(
      expect.arrayContaining(
        (
          'id clientId name clientUri grantTypes redirectUris responseTypes scope defaultScopes tokenEndpointAuthMethod ' +
          'requirePkce redirectUriOptional clientIdIssuedAt owner servicePermissions secrets'
        ).split(' '),
      ),
    );
    expect(fields('AuditEvent')).toEqual(
      expect.arrayContaining('id at kind actor client ip requestId detail'.split(' ')),
    );
  });
});
