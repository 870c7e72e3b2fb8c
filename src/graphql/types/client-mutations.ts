import { registerClient } from '../../oauth/client-registration.ts';
import { deleteClient, updateClient } from '../../oauth/client-registration-changes.ts';
import { actorOf } from '../actor.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { ClientType, loadClient, READS_CLIENTS } from './client.ts';
import { AuthMethodEnum, ConsentModeEnum, GrantTypeEnum, ResponseTypeEnum } from './client-enums.ts';
import { PermissionType } from './permission.ts';

const MANAGED = 'Needs MANAGE_CLIENTS.';

const WORDS = {
  name: 'What people are shown: at most 150 visible characters.',
  clientUri: 'Its web page, https.',
  grantTypes: `How it may get its tokens. Other than authorization_code and refresh_token: ${MANAGED}`,
  redirectUris: `At most 20, compared byte for byte. https, http on a loopback address, or (${MANAGED}) a private-use scheme with a dot.`,
  responseTypes: 'They follow from the grant types; told, they must agree with them.',
  defaultScopes: 'What it gets when it asks for nothing: all of `scope` if left out.',
  requirePkce: `True if left out; a public client must. False: ${MANAGED}`,
  redirectUriOptional: `To exchange a code without the redirect URI it was asked with. ${MANAGED}`,
  accessTokenTtl: `How many seconds its access tokens live, from 60 on; null: as long as all others. ${MANAGED}`,
  consent: 'Whether people are asked again; REMEMBER if left out.',
  servicePermissions: `What it may do when it speaks for itself: nothing you do not hold. ${MANAGED}`,
};

export const changedClient = {
  type: ClientType,
  description: 'The client as it is now; null if nothing was done.',
  nullable: true,
} as const;
export const toldSecret = {
  description: 'The new secret. It is told this once and stored as a digest; a public client has none.',
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
      redirectUris: t.stringList({ description: `${WORDS.redirectUris} Needed for authorization_code and implicit.` }),
      responseTypes: t.field({ type: [ResponseTypeEnum], description: WORDS.responseTypes }),
      scope: t.string({
        description: `All it may ask for, parted by blanks: \`openid profile email read\` if left out. Other than openid, profile, email, offline_access, read and groups: ${MANAGED}`,
      }),
      defaultScopes: t.stringList({ description: WORDS.defaultScopes }),
      tokenEndpointAuthMethod: t.field({
        type: AuthMethodEnum,
        description: 'How it proves itself; left out: Basic or in the body, whichever comes.',
      }),
      requirePkce: t.boolean({ description: WORDS.requirePkce }),
      redirectUriOptional: t.boolean({ description: WORDS.redirectUriOptional }),
      accessTokenTtl: t.int({ description: WORDS.accessTokenTtl }),
      consent: t.field({ type: ConsentModeEnum, description: WORDS.consent }),
      servicePermissions: t.field({ type: [PermissionType], description: WORDS.servicePermissions }),
    }),
  },
  {
    description: 'Registers a client. Without MANAGE_CLIENTS you may have 10, of the plain kind.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { name, clientUri, grantTypes, responseTypes, scope, defaultScopes, tokenEndpointAuthMethod } = input;
        const { requirePkce, redirectUriOptional, accessTokenTtl, consent, servicePermissions } = input;
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
        };
        const options = { requirePkce, redirectUriOptional, accessTokenTtl, consent, servicePermissions };
        const { client, secret } = await registerClient(context.em, actorOf(context), { ...metadata, ...options });
        return { client: await loadClient(context, client.id), clientSecret: secret };
      }),
  },
  {
    description: 'What came of it.',
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
    description: 'What to change. Left out: it stays as it is. Null: what a client can be without is taken away.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'Its client_id.' }),
      name: t.string({ description: WORDS.name }),
      clientUri: t.string({ description: WORDS.clientUri }),
      grantTypes: t.field({ type: [GrantTypeEnum], description: WORDS.grantTypes }),
      redirectUris: t.stringList({ description: WORDS.redirectUris }),
      responseTypes: t.field({ type: [ResponseTypeEnum], description: WORDS.responseTypes }),
      scope: t.string({ description: 'All it may ask for, parted by blanks.' }),
      defaultScopes: t.stringList({ description: WORDS.defaultScopes }),
      tokenEndpointAuthMethod: t.field({
        type: AuthMethodEnum,
        description: 'How it proves itself; null: Basic or in the body. `none` deletes its secrets.',
      }),
      requirePkce: t.boolean({ description: WORDS.requirePkce }),
      redirectUriOptional: t.boolean({ description: WORDS.redirectUriOptional }),
      accessTokenTtl: t.int({ description: WORDS.accessTokenTtl }),
      consent: t.field({ type: ConsentModeEnum, description: WORDS.consent }),
      servicePermissions: t.field({ type: [PermissionType], description: WORDS.servicePermissions }),
      disabled: t.boolean({ description: `True: its tokens are dead, and it gets no new ones. ${MANAGED}` }),
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
        const { servicePermissions, disabled } = input;
        const metadata = {
          name,
          clientUri,
          grantTypes,
          redirectUris,
          responseTypes,
          scope,
          defaultScopes,
          tokenEndpointAuthMethod,
        };
        const options = { requirePkce, redirectUriOptional, accessTokenTtl, consent, servicePermissions, disabled };
        const client = await updateClient(context.em, actorOf(context), input.clientId, { ...metadata, ...options });
        return { client: await loadClient(context, client.id) };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      client: t.field({ ...changedClient, resolve: ({ client }) => client }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteClient',
  {
    description: 'The client to delete.',
    inputFields: (t) => ({ clientId: t.string({ required: true, description: 'Its client_id.' }) }),
  },
  {
    description: 'Deletes a client, with its secrets, its tokens and all consents to it.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteClient(context.em, actorOf(context), input.clientId);
        return { deletedClientId: input.clientId };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      deletedClientId: t.string({
        description: 'The client_id that was; null if nothing was done.',
        nullable: true,
        resolve: ({ deletedClientId }) => deletedClientId,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
