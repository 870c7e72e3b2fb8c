import { createScope, deleteScope } from '../../oauth/scopes/manage-scopes.ts';
import { listScopes, type NamedScope } from '../../oauth/scopes/operator-scopes.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';

const MANAGES_SCOPES = { scopes: [['clients']], permission: 'MANAGE_CLIENTS' } as const satisfies AccessRule;

const ScopeType = builder.objectRef<NamedScope>('Scope').implement({
  description: 'A kind of access that clients can request and users can allow.',
  access: 'token',
  fields: (t) => ({
    name: t.exposeString('name', {
      description: 'The value in the `scope` parameter of OAuth requests, such as `read`.',
    }),
    description: t.exposeString('description', { description: 'What the consent page shows to users.' }),
    builtIn: t.exposeBoolean('builtIn', {
      description: 'Whether the scope is part of this server. Custom scopes give no access to this API.',
    }),
  }),
});

builder.queryField('scopes', (t) =>
  t.field({
    type: [ScopeType],
    description: 'The built-in scopes, then the custom ones in the order in which they were created.',
    access: 'token',
    resolve: (_root, _args, { sql }) => listScopes(sql),
  }),
);

builder.relayMutationField(
  'createScope',
  {
    description: 'A custom scope for your own API.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description:
          'The value in the `scope` parameter, such as `invoices:read`. At most 100 characters that RFC 6749 §3.3 allows.',
      }),
      description: t.string({
        required: true,
        description: 'What the consent page shows to users, such as `See your invoices`.',
      }),
    }),
  },
  {
    description:
      'Creates a custom scope. Clients request it and introspection returns it like a built-in one. Your API has to check it.',
    nullable: true,
    access: MANAGES_SCOPES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, description } = input;
        return { scope: await createScope(context.em(), actorOf(context), { name, description }) };
      }),
  },
  {
    description: 'The new scope, or the errors in the input.',
    outputFields: (t) => ({
      scope: t.field({
        type: ScopeType,
        description: 'The new scope. Null if none was created.',
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
    description: 'The custom scope to delete.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: 'The name of a custom scope. Built-in scopes cannot be deleted.' }),
    }),
  },
  {
    description: 'Deletes a custom scope and removes it from all clients, consents and authorizations.',
    nullable: true,
    access: MANAGES_SCOPES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteScope(context.em(), actorOf(context), input.name);
        return { deletedScope: input.name };
      }),
  },
  {
    description: 'The name of the deleted scope, or the errors in the input.',
    outputFields: (t) => ({
      deletedScope: t.string({
        description: 'The name from the input. Null if nothing was deleted.',
        nullable: true,
        resolve: ({ deletedScope }) => deletedScope,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
