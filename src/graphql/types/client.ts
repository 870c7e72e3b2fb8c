import { forbidden } from '../../directory/error.ts';
import { holds, isPermission } from '../../directory/permissions.ts';
import { responseTypesOf } from '../../oauth/authorize/response-types.ts';
import { isSigningAlgorithm } from '../../oauth/keys/signing-algorithm.ts';
import {
  findRegisteredClient,
  findRegisteredClients,
  listClients,
  listSecrets,
  type RegisteredClient,
} from '../../oauth/registration/list.ts';
import { isGrantType } from '../../oauth/tokens/grants/grants.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { byCreation, readPageArguments, toConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { byId, byParent, loadBatched } from '../load-batched.ts';
import { tokenOf } from '../request-actor.ts';
import {
  AuthMethodEnum,
  ConsentModeEnum,
  isAuthMethod,
  ResponseTypeEnum,
  SigningAlgorithmEnum,
} from './client-enums.ts';
import { ClientSecretType } from './client-secret.ts';
import { GrantTypeEnum } from './grant-type.ts';
import { PermissionType } from './permission.ts';
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
    name: t.exposeString('name', {
      description: 'RFC 7591 client_name: what people are shown when they are asked for consent.',
    }),
    clientUri: t.exposeString('clientUri', {
      description: 'RFC 7591 client_uri: its web page, where it has told one.',
      nullable: true,
    }),
    grantTypes: t.field({
      type: [GrantTypeEnum],
      description: 'RFC 7591 grant_types: how it may get its tokens.',
      resolve: ({ grantTypes }) => grantTypes.filter(isGrantType),
    }),
    redirectUris: t.stringList({
      description: 'RFC 7591 redirect_uris, byte for byte. One that begins with `/` stands behind the issuer.',
      resolve: ({ redirectUris }) => [...redirectUris],
    }),
    responseTypes: t.field({
      type: [ResponseTypeEnum],
      description:
        'RFC 7591 response_types: what it may ask the authorization endpoint for. Follows from the grant types.',
      resolve: ({ grantTypes }) => responseTypesOf(grantTypes),
    }),
    scope: t.string({
      description: 'RFC 7591 scope: all the scopes it may ask for, separated by spaces.',
      resolve: ({ scopes }) => scopes.join(' '),
    }),
    defaultScopes: t.stringList({
      description: 'The scopes it gets when it asks for none by name.',
      resolve: ({ defaultScopes }) => [...defaultScopes],
    }),
    tokenEndpointAuthMethod: t.field({
      type: AuthMethodEnum,
      description:
        'RFC 7591 token_endpoint_auth_method: how it proves itself. Null: by HTTP Basic or in the body, as it likes.',
      nullable: true,
      resolve: ({ tokenEndpointAuthMethod: method }) => (isAuthMethod(method) ? method : null),
    }),
    idTokenSignedResponseAlg: t.field({
      type: SigningAlgorithmEnum,
      description: 'OpenID Connect id_token_signed_response_alg: how its ID tokens are signed.',
      resolve: ({ idTokenSignedResponseAlg: algorithm }) => (isSigningAlgorithm(algorithm) ? algorithm : 'RS256'),
    }),
    requirePkce: t.exposeBoolean('requirePkce', {
      description: 'Whether an authorization code needs PKCE (RFC 7636).',
    }),
    redirectUriOptional: t.exposeBoolean('redirectUriOptional', {
      description: 'Whether it may leave out the redirect URI when it exchanges a code.',
    }),
    accessTokenTtl: t.exposeInt('accessTokenTtl', {
      description: 'How many seconds its access tokens live. Null: as long as the server is set to.',
      nullable: true,
    }),
    consent: t.field({
      type: ConsentModeEnum,
      description: 'Whether people are asked each time it wants access.',
      resolve: ({ consent }) => (consent === 'ALWAYS' ? 'ALWAYS' : 'REMEMBER'),
    }),
    servicePermissions: t.field({
      type: [PermissionType],
      description:
        "What it may do with a token of its own, got by client_credentials; with a person's token these count for nothing.",
      resolve: ({ servicePermissions }) => servicePermissions.filter(isPermission),
    }),
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
