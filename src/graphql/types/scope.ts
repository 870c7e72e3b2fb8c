import { createScope, deleteScope, listScopes, type NamedScope } from '../../oauth/operator-scopes.ts';
import type { AccessRule } from '../access.ts';
import { actorOf } from '../actor.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';

const MANAGES_SCOPES = { scopes: [['clients']], permission: 'MANAGE_CLIENTS' } as const satisfies AccessRule;

const ScopeType = builder.objectRef<NamedScope>('Scope').implement({
  description: 'Something a client can ask a person for.',
  access: 'token',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What clients send.' }),
    sentence: t.exposeString('sentence', { description: 'What people are told.' }),
    builtIn: t.exposeBoolean('builtIn', { description: 'Whether it opens fields here; one of your own opens none.' }),
  }),
});

builder.queryField('scopes', (t) =>
  t.field({
    type: [ScopeType],
    description: "All scopes there are: the built-in ones, then the operator's own.",
    access: 'token',
    resolve: (_root, _args, { sql }) => listScopes(sql),
  }),
);

builder.relayMutationField(
  'createScope',
  {
    description: 'The scope to create.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'RFC 6749 §3.3, such as `invoices:read`.' }),
      sentence: t.string({ required: true, description: 'What consent tells people, such as `See your invoices`.' }),
    }),
  },
  {
    description: 'Creates a scope of your own: asked for, granted and told like the others, for your own API to check.',
    nullable: true,
    access: MANAGES_SCOPES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, sentence } = input;
        return { scope: await createScope(context.em, actorOf(context), { name, sentence }) };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      scope: t.field({
        type: ScopeType,
        description: 'The scope; null if nothing was done.',
        nullable: true,
        resolve: ({ scope }) => scope,
      }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteScope',
  {
    description: 'The scope to delete.',
    inputFields: (t) => ({ name: t.string({ required: true, description: 'One of your own.' }) }),
  },
  {
    description: 'Deletes a scope of your own, and takes it from all clients.',
    nullable: true,
    access: MANAGES_SCOPES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteScope(context.em, actorOf(context), input.name);
        return { deletedScope: input.name };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      deletedScope: t.string({
        description: 'The name that was; null if nothing was done.',
        nullable: true,
        resolve: ({ deletedScope }) => deletedScope,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
