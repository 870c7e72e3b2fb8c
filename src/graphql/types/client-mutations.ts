import { NEED_REDIRECT_URI } from '../../oauth/registration/metadata.ts';
import { registerClient } from '../../oauth/registration/register.ts';
import { deleteClient, updateClient } from '../../oauth/registration/update.ts';
import { wordList } from '../../oauth/word-list.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { ClientType, loadClient, READS_CLIENTS } from './client.ts';
import { AuthMethodEnum, ConsentModeEnum, ResponseTypeEnum, SigningAlgorithmEnum } from './client-enums.ts';
import { MANAGED, WORDS } from './client-input-words.ts';
import { optionFields, readOptions } from './client-options.ts';
import { GrantTypeEnum } from './grant-type.ts';
import { PermissionType } from './permission.ts';

export const changedClient = {
  type: ClientType,
  description: 'The client as it is now; null if nothing was changed.',
  nullable: true,
} as const;
export const toldSecret = {
  description:
    'The new secret. It is told this once, and only its digest is stored: keep it. Null for a public client, which has none.',
  nullable: true,
} as const;

builder.relayMutationField(
  'registerClient',
  {
    description: 'The client to register, in the words of RFC 7591.',
    inputFields: (t) => ({
      name: t.string({ required: true, description: WORDS.name }),
      clientUri: t.string({ description: WORDS.clientUri }),
      grantTypes: t.field({ type: [GrantTypeEnum], required: true, description: WORDS.grantTypes }),
      redirectUris: t.stringList({ description: `${WORDS.redirectUris} Needed for ${wordList(NEED_REDIRECT_URI)}.` }),
      responseTypes: t.field({ type: [ResponseTypeEnum], description: WORDS.responseTypes }),
      scope: t.string({
        description:
          'All the scopes it may ask for, separated by spaces: `openid profile email read` if left out. Any but openid, profile, email, offline_access, read and groups requires permission MANAGE_CLIENTS.',
      }),
      defaultScopes: t.stringList({ description: WORDS.defaultScopes }),
      tokenEndpointAuthMethod: t.field({
        type: AuthMethodEnum,
        description:
          'How it proves itself: by HTTP Basic or in the body, as it likes, if left out; `none` makes a public client.',
      }),
      idTokenSignedResponseAlg: t.field({ type: SigningAlgorithmEnum, description: WORDS.idTokenSignedResponseAlg }),
      ...optionFields(t),
      requirePkce: t.boolean({ description: WORDS.requirePkce }),
      redirectUriOptional: t.boolean({ description: WORDS.redirectUriOptional }),
      accessTokenTtl: t.int({ description: WORDS.accessTokenTtl }),
      consent: t.field({ type: ConsentModeEnum, description: WORDS.consent }),
      servicePermissions: t.field({ type: [PermissionType], description: WORDS.servicePermissions }),
    }),
  },
  {
    description:
      'Registers a client. Without permission MANAGE_CLIENTS you may have 10, which people can sign in with and nothing else.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, clientUri, grantTypes, responseTypes, scope, defaultScopes, tokenEndpointAuthMethod } = input;
        const { idTokenSignedResponseAlg, requirePkce, redirectUriOptional, accessTokenTtl, consent } = input;
        const { servicePermissions } = input;
        const redirectUris = input.redirectUris ?? [];
        const metadata = {
          name,
          clientUri,
          grantTypes,
          redirectUris,
          responseTypes,
          scope,
          defaultScopes,
          tokenEndpointAuthMethod,
          idTokenSignedResponseAlg,
        };
        const options = { requirePkce, redirectUriOptional, accessTokenTtl, consent, servicePermissions };
        const asked = { ...metadata, ...options, ...readOptions(input) };
        const { client, secret } = await registerClient(context.em(), actorOf(context), asked);
        return { client: await loadClient(context, client.id), clientSecret: secret };
      }),
  },
  {
    description: 'The new client with its secret, or why there is none.',
    outputFields: (t) => ({
      client: t.field({ ...changedClient, resolve: ({ client }) => client }),
      clientSecret: t.string({ ...toldSecret, resolve: ({ clientSecret }) => clientSecret }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'updateClient',
  {
    description:
      'What to change about a client. What is left out stays as it is; null removes what a client can be without.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'Which client to change, by its client_id.' }),
      name: t.string({ description: WORDS.name }),
      clientUri: t.string({ description: WORDS.clientUri }),
      grantTypes: t.field({ type: [GrantTypeEnum], description: WORDS.grantTypes }),
      redirectUris: t.stringList({ description: WORDS.redirectUris }),
      responseTypes: t.field({ type: [ResponseTypeEnum], description: WORDS.responseTypes }),
      scope: t.string({ description: 'All the scopes it may ask for, separated by spaces.' }),
      defaultScopes: t.stringList({ description: WORDS.defaultScopes }),
      tokenEndpointAuthMethod: t.field({
        type: AuthMethodEnum,
        description:
          'How it proves itself. Null: by HTTP Basic or in the body, as it likes. `none` makes it public; that and `private_key_jwt` delete its secrets.',
      }),
      idTokenSignedResponseAlg: t.field({ type: SigningAlgorithmEnum, description: WORDS.idTokenSignedResponseAlg }),
      ...optionFields(t),
      requirePkce: t.boolean({ description: WORDS.requirePkce }),
      redirectUriOptional: t.boolean({ description: WORDS.redirectUriOptional }),
      accessTokenTtl: t.int({ description: WORDS.accessTokenTtl }),
      consent: t.field({ type: ConsentModeEnum, description: WORDS.consent }),
      servicePermissions: t.field({ type: [PermissionType], description: WORDS.servicePermissions }),
      disabled: t.boolean({
        description: `True: its tokens are dead from now on, and it gets no new ones. ${MANAGED}`,
      }),
    }),
  },
  {
    description: 'Changes a client. A new name, redirect URI or authentication method forgets all consents to it.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, clientUri, grantTypes, redirectUris, responseTypes, scope, defaultScopes } = input;
        const { tokenEndpointAuthMethod, requirePkce, redirectUriOptional, accessTokenTtl, consent } = input;
        const { idTokenSignedResponseAlg, servicePermissions, disabled } = input;
        const metadata = {
          name,
          clientUri,
          grantTypes,
          redirectUris,
          responseTypes,
          scope,
          defaultScopes,
          tokenEndpointAuthMethod,
          idTokenSignedResponseAlg,
        };
        const options = { requirePkce, redirectUriOptional, accessTokenTtl, consent, servicePermissions, disabled };
        const changes = { ...metadata, ...options, ...readOptions(input) };
        const client = await updateClient(context.em(), actorOf(context), input.clientId, changes);
        return { client: await loadClient(context, client.id) };
      }),
  },
  {
    description: 'The client as it is now, or why it was not changed.',
    outputFields: (t) => ({
      client: t.field({ ...changedClient, resolve: ({ client }) => client }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteClient',
  {
    description: 'Which client to delete.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'Which client to delete, by its client_id.' }),
    }),
  },
  {
    description: 'Deletes a client with its secrets, its tokens and all consents to it. It cannot be undone.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteClient(context.em(), actorOf(context), input.clientId);
        return { deletedClientId: input.clientId };
      }),
  },
  {
    description: 'The client that is gone, or why it is not.',
    outputFields: (t) => ({
      deletedClientId: t.string({
        description: 'The client_id of the client that is gone; null if nothing was deleted.',
        nullable: true,
        resolve: ({ deletedClientId }) => deletedClientId,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
