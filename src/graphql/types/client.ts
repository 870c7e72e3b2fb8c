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
import { byCreation, parsePageArguments, toConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { byId, byParent, loadBatched } from '../load-batched.ts';
import { nodeRef } from '../node-ref.ts';
import { tokenOf } from '../request-actor.ts';
import { attributeFields } from './client-fields.ts';
import { ClientSecretType } from './client-secret.ts';
import { loadUser, UserType } from './user.ts';

export const READS_CLIENTS = {
  scopes: [['clients']],
  permission: 'MANAGE_CLIENTS',
  own: true,
} as const satisfies AccessRule;

/** The client of that row id, without an access check: a field that shows it must call `seesClient` first. */
export const loadClient = (context: Context, id: string): Promise<RegisteredClient | undefined> =>
  loadBatched(context, 'client', id, async (ids) => byId(await findRegisteredClients(context.sql, ids)));

/** True for a user's own client, and with MANAGE_CLIENTS for every client. Every path to a client checks it. */
export function seesClient(context: Context, { ownerId }: RegisteredClient): boolean {
  const { caller } = tokenOf(context);
  return holds(caller, 'MANAGE_CLIENTS') || (ownerId !== null && ownerId === caller.userId);
}

export const ClientType = nodeRef<RegisteredClient>('Client', { prefix: 'cli', load: loadClient, sees: seesClient });

builder.node(ClientType, {
  id: { resolve: ({ id }) => id },
  description: 'An OAuth client. Most fields have the names of RFC 7591.',
  access: READS_CLIENTS,
  fields: (t) => ({
    clientId: t.exposeString('clientId', {
      description: 'RFC 7591 client_id. Public identifier of the client at the endpoints. It never changes.',
    }),
    ...attributeFields(t),
    disabled: t.exposeBoolean('disabled', {
      description: 'A disabled client gets no tokens, and those it has are invalid.',
    }),
    builtIn: t.exposeBoolean('builtIn', {
      description: 'Whether the client is part of this server, such as GraphiQL. Built-in clients cannot be changed.',
    }),
    clientIdIssuedAt: t.expose('createdAt', {
      type: 'DateTime',
      description: 'RFC 7591 client_id_issued_at. When the client was registered.',
    }),
    approvedAt: t.expose('approvedAt', {
      type: 'DateTime',
      description:
        'When an administrator approved the client. Null: not approved, which matters only if the owner lacks MANAGE_CLIENTS.',
      nullable: true,
    }),
    owner: t.field({
      type: UserType,
      description: 'The user who registered the client. Null: the operator.',
      nullable: true,
      resolve: async ({ ownerId }, _args, context) =>
        ownerId === null ? null : ((await loadUser(context, ownerId)) ?? null),
    }),
    secrets: t.field({
      type: [ClientSecretType],
      description:
        'The valid secrets of the client. Their values are shown only when they are created, and are not stored.',
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
  { name: 'ClientEdge', description: 'A client and its position in the list.' },
);

builder.queryField('client', (t) =>
  t.field({
    type: ClientType,
    description: 'The client with this client_id. Null if there is none.',
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
      description: 'Your own clients, or with MANAGE_CLIENTS all clients, in the order of registration.',
      access: READS_CLIENTS,
      resolve: async (_root, args, context) => {
        const page = parsePageArguments(args);
        const { caller } = tokenOf(context);
        const owner = holds(caller, 'MANAGE_CLIENTS') ? undefined : caller.userId;
        return toConnection(context, await listClients(context.sql, page, owner), page, byCreation);
      },
    },
    ClientConnection,
  ),
);
