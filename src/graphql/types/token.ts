import type { AccessToken } from '../../oauth/tokens/bearer.ts';
import { accessTo } from '../access/field-access.ts';
import { builder } from '../builder.ts';
import { ClientType, loadClient, seesClient } from './client.ts';
import { FieldAccessType } from './field-access.ts';
import { loadUser, UserType } from './user.ts';

const TokenType = builder.objectRef<AccessToken>('Token').implement({
  description: 'An access token, with its scopes and the client and user that it was issued for.',
  access: 'token',
  fields: (t) => ({
    scopes: t.stringList({
      description: 'The granted scopes, which decide what the token may access.',
      resolve: ({ scopes }) => [...scopes],
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Time at which the token expires, if it is not revoked before.',
    }),
    clientId: t.string({
      description: 'The client_id of the client to which the token was issued.',
      resolve: ({ client }) => client.clientId,
    }),
    client: t.field({
      type: ClientType,
      description:
        'The client to which the token was issued. Null if it is not your own and you do not have MANAGE_CLIENTS.',
      nullable: true,
      resolve: async (token, _args, context) => {
        const client = await loadClient(context, token.client.id);
        return client && seesClient(context, client) ? client : null;
      },
    }),
    user: t.field({
      type: UserType,
      description: 'The user for whom the token was issued. Null for a token from client_credentials.',
      nullable: true,
      resolve: async ({ user }, _args, context) => (user ? ((await loadUser(context, user.id)) ?? null) : null),
    }),
    canAccess: t.field({
      type: [FieldAccessType],
      description:
        'Whether the token may select each of these fields, in the same order. Fields within them are not checked.',
      args: {
        coordinates: t.arg.stringList({
          required: true,
          description: 'Up to 100 fields in the form `Type.field`, such as `Mutation.registerClient`.',
        }),
      },
      resolve: (token, { coordinates }, _context, { schema }) => accessTo(schema, token, coordinates),
    }),
  }),
});

builder.queryField('token', (t) =>
  t.field({
    type: TokenType,
    description: 'The access token with which this request was sent.',
    nullable: true,
    access: 'token',
    resolve: (_root, _args, { token }) => token ?? null,
  }),
);
