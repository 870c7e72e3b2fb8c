import type { AccessToken } from '../../oauth/tokens/bearer.ts';
import { accessTo } from '../access/field-access.ts';
import { builder } from '../builder.ts';
import { ClientType, loadClient, seesClient } from './client.ts';
import { FieldAccessType } from './field-access.ts';
import { loadUser, UserType } from './user.ts';

const TokenType = builder.objectRef<AccessToken>('Token').implement({
  description: 'The access token of this very request.',
  access: 'token',
  fields: (t) => ({
    scopes: t.stringList({
      description: 'The scopes it was granted, and so what it opens.',
      resolve: ({ scopes }) => [...scopes],
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'When it ends, unless it is revoked before.' }),
    clientId: t.string({
      description: 'The client_id of the client it was issued to.',
      resolve: ({ client }) => client.clientId,
    }),
    client: t.field({
      type: ClientType,
      description: 'The client it was issued to; null if it is neither yours nor yours to manage.',
      nullable: true,
      resolve: async (token, _args, context) => {
        const client = await loadClient(context, token.client.id);
        return client && seesClient(context, client) ? client : null;
      },
    }),
    user: t.field({
      type: UserType,
      description: 'The person it speaks for. Null: nobody but the client itself.',
      nullable: true,
      resolve: async ({ user }, _args, context) => (user ? ((await loadUser(context, user.id)) ?? null) : null),
    }),
    canAccess: t.field({
      type: [FieldAccessType],
      description: 'Which of these fields it opens, in the order asked; of the fields within them nothing is said.',
      args: {
        coordinates: t.arg.stringList({
          required: true,
          description: 'Up to 100 fields, each as `Type.field`: `Mutation.registerClient`.',
        }),
      },
      resolve: (token, { coordinates }, _context, { schema }) => accessTo(schema, token, coordinates),
    }),
  }),
});

builder.queryField('token', (t) =>
  t.field({
    type: TokenType,
    description: 'The access token of this very request.',
    nullable: true,
    access: 'token',
    resolve: (_root, _args, { token }) => token ?? null,
  }),
);
