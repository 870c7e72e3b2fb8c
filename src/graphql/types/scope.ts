import { createScope, deleteScope } from '../../oauth/scopes/manage-scopes.ts';
import { listScopes, type NamedScope } from '../../oauth/scopes/operator-scopes.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';

const MANAGES_SCOPES = { scopes: [['clients']], permission: 'MANAGE_CLIENTS' } as const satisfies AccessRule;

const ScopeType = builder.objectRef<NamedScope>('Scope').implement({
  description: 'Something that a client can ask a person to be allowed.',
  access: 'token',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The name by which clients ask for it, such as `read`.' }),
    description: t.exposeString('description', { description: 'What the consent page shows to users.' }),
    builtIn: t.exposeBoolean('builtIn', {
      description: 'Whether it opens fields of this API; those of your own open none.',
    }),
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
    description: 'A scope of your own, for your own API.',
    inputFields: (t) => ({
      name: t.string({
        required: true,
        description:
          'The name by which clients will ask for it, such as `invoices:read`: RFC 6749 §3.3, at most 100 characters.',
      }),
      description: t.string({
        required: true,
        description: 'What the consent page shows to users, such as `See your invoices`.',
      }),
    }),
  },
  {
    description: 'Creates a scope of your own: asked for, granted and told like the others, for your own API to check.',
    nullable: true,
    access: MANAGES_SCOPES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, description } = input;
        return { scope: await createScope(context.em(), actorOf(context), { name, description }) };
      }),
  },
  {
    description: 'The new scope, or why there is none.',
    outputFields: (t) => ({
      scope: t.field({
        type: ScopeType,
        description: 'The new scope; null if none was made.',
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
    description: 'Which scope to delete.',
    inputFields: (t) => ({ name: t.string({ required: true, description: 'Its name; the built-in ones stay.' }) }),
  },
  {
    description: 'Deletes a scope of your own, and takes it from all clients.',
    nullable: true,
    access: MANAGES_SCOPES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteScope(context.em(), actorOf(context), input.name);
        return { deletedScope: input.name };
      }),
  },
  {
    description: 'The scope that is gone, or why it is not.',
    outputFields: (t) => ({
      deletedScope: t.string({
        description: 'The name of the scope that is gone; null if nothing was deleted.',
        nullable: true,
        resolve: ({ deletedScope }) => deletedScope,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
