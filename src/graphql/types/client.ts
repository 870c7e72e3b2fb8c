import { forbidden } from '../../directory/error.ts';
import { holds } from '../../directory/permissions.ts';
import {
  findRegisteredClient,
  findRegisteredClients,
  listClients,
  listSecrets,
  type RegisteredClient,
} from '../../oauth/registration/list.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { byCreation, readPageArguments, toConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { byId, byParent, loadBatched } from '../load-batched.ts';
import { tokenOf } from '../request-actor.ts';
import { attributeFields } from './client-fields.ts';
import { ClientSecretType } from './client-secret.ts';
import { loadUser, UserType } from './user.ts';

export const READS_CLIENTS = {
  scopes: [['clients']],
  permission: 'MANAGE_CLIENTS',
  own: true,
} as const satisfies AccessRule;

/** The client of that row id, whoever asks: what shows it must ask `seesClient` first. */
export const loadClient = (context: Context, id: string): Promise<RegisteredClient | undefined> =>
  loadBatched(context, 'client', id, async (ids) => byId(await findRegisteredClients(context.sql, ids)));

/** One's own, or MANAGE_CLIENTS: by whatever path the client was reached. */
export function seesClient(context: Context, { ownerId }: RegisteredClient): boolean {
  const { caller } = tokenOf(context);
  return holds(caller, 'MANAGE_CLIENTS') || (ownerId !== null && ownerId === caller.userId);
}

export const ClientType = builder.objectRef<RegisteredClient>('Client');

builder.node(ClientType, {
  id: { resolve: ({ id }) => id },
  description: 'An OAuth client, in the words of RFC 7591.',
  access: READS_CLIENTS,
  fields: (t) => ({
    clientId: t.exposeString('clientId', {
      description: 'RFC 7591 client_id: what it calls itself at the endpoints. Public, and never changes.',
    }),
    ...attributeFields(t),
    disabled: t.exposeBoolean('disabled', { description: 'A disabled client gets nothing, and its tokens are dead.' }),
    builtIn: t.exposeBoolean('builtIn', {
      description: 'Whether it is a part of this server, such as GraphiQL: nobody can change it.',
    }),
    clientIdIssuedAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'RFC 7591 client_id_issued_at: when it was registered.',
    }),
    owner: t.field({
      type: UserType,
      description: 'The person who registered it. Null: the operator.',
      nullable: true,
      resolve: async ({ ownerId }, _args, context) =>
        ownerId === null ? null : ((await loadUser(context, ownerId)) ?? null),
    }),
    secrets: t.field({
      type: [ClientSecretType],
      description:
        'Its secrets that are still good. Their values are told once, when they are made, and are not stored.',
      resolve: async ({ id }, _args, context) => {
        const { sql, now } = context;
        return (
          (await loadBatched(context, 'secrets', id, async (ids) => byParent(await listSecrets(sql, ids, now)))) ?? []
        );
      },
    }),
  }),
});

const ClientConnection = builder.connectionObject(
  { type: ClientType, name: 'ClientConnection', description: 'A page of clients.' },
  { name: 'ClientEdge', description: 'A client, and its place in the list.' },
);

builder.queryField('client', (t) =>
  t.field({
    type: ClientType,
    description: 'The client of this client_id; null if there is none.',
    nullable: true,
    access: READS_CLIENTS,
    args: { clientId: t.arg.string({ required: true, description: 'The client_id of the client to show.' }) },
    resolve: async (_root, { clientId }, context) => {
      const client = await findRegisteredClient(context.sql, clientId);
      if (client && !seesClient(context, client)) throw forbidden();
      return client ?? null;
    },
  }),
);

builder.queryField('clients', (t) =>
  t.connection(
    {
      type: ClientType,
      description: 'Your own clients, or all of them with MANAGE_CLIENTS, in the order they were registered.',
      access: READS_CLIENTS,
      resolve: async (_root, args, context) => {
        const page = readPageArguments(args);
        const { caller } = tokenOf(context);
        const owner = holds(caller, 'MANAGE_CLIENTS') ? undefined : caller.userId;
        return toConnection(await listClients(context.sql, page, owner), page, byCreation);
      },
    },
    ClientConnection,
  ),
);
