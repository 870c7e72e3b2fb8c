import { registerClient } from '../../oauth/registration/register.ts';
import { rotateClientSecret } from '../../oauth/registration/secrets.ts';
import { OWN_CLIENTS_MAX } from '../../oauth/registration/self-service.ts';
import { approveClient, deleteClient, updateClient } from '../../oauth/registration/update.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { ClientType, loadClient, READS_CLIENTS } from './client.ts';
import { changeFields, MANAGED, registrationFields } from './client-fields.ts';

const changedClient = {
  type: ClientType,
  description: 'The client after the change. Null if nothing was changed.',
  nullable: true,
} as const;
const newSecret = {
  description: 'The new secret, shown only once: only its digest is stored. Null for a client without a secret.',
  nullable: true,
} as const;

builder.relayMutationField(
  'registerClient',
  {
    description: 'The client to register. Most fields have the names of RFC 7591.',
    inputFields: registrationFields,
  },
  {
    description: `Registers a client. Without permission MANAGE_CLIENTS you can register up to ${OWN_CLIENTS_MAX} clients, which can only sign users in.`,
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { client, secret } = await registerClient(context.em(), actorOf(context), input);
        return { client: await loadClient(context, client.id), clientSecret: secret };
      }),
  },
  {
    description: 'The new client and its secret, or the errors in the input.',
    outputFields: (t) => ({
      client: t.field({ ...changedClient, resolve: ({ client }) => client }),
      clientSecret: t.string({ ...newSecret, resolve: ({ clientSecret }) => clientSecret }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'updateClient',
  {
    description: 'The changes to a client. Omitted fields stay as they are. Null removes an optional attribute.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'The client_id of the client to change.' }),
      ...changeFields(t),
      disabled: t.boolean({
        description: `True revokes all tokens of the client for good, and it gets no new ones. ${MANAGED}`,
      }),
    }),
  },
  {
    description:
      'Changes a client. A scope that is removed from the client is removed from its tokens at once. A new name, redirect URI or authentication method deletes all consents of users to the client. If the client becomes public, its tokens are revoked. If it gets a service permission that its owner lacks, its secrets and tokens are revoked.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { clientId, ...changes } = input;
        const { client, revokedSecrets } = await updateClient(context.em(), actorOf(context), clientId, changes);
        return { client: await loadClient(context, client.id), revokedSecrets };
      }),
  },
  {
    description: 'The client after the change, or the errors in the input.',
    outputFields: (t) => ({
      client: t.field({ ...changedClient, resolve: ({ client }) => client }),
      revokedSecrets: t.int({
        description:
          'How many secrets of the client this change has revoked. If there are any, create a new one with rotateClientSecret.',
        resolve: ({ revokedSecrets }) => revokedSecrets ?? 0,
      }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'approveClient',
  {
    description: 'The client to approve, by its client_id.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'The client_id of the client to approve.' }),
    }),
  },
  {
    description:
      'Approves the client of a user who lacks MANAGE_CLIENTS. Until then, errors and sign-outs end on a page with a link instead of a redirect, unless the user has allowed the client before. A change of the name or a redirect URI removes the approval.',
    nullable: true,
    access: { scopes: [['clients']], permission: 'MANAGE_CLIENTS' },
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const client = await approveClient(context.em(), actorOf(context), input.clientId);
        return { client: await loadClient(context, client.id) };
      }),
  },
  {
    description: 'The approved client, or the errors in the input.',
    outputFields: (t) => ({
      client: t.field({ ...changedClient, resolve: ({ client }) => client }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'rotateClientSecret',
  {
    description: 'The client, and how long its earlier secrets stay valid.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'The client_id of the client that gets a new secret.' }),
      label: t.string({
        description: 'Name of the new secret, shown in the list of secrets. At most 100 visible characters.',
      }),
      overlapSeconds: t.int({
        description:
          'How many seconds the earlier secrets stay valid, up to 30 days. Default: one day. 0 revokes them at once.',
      }),
    }),
  },
  {
    description:
      'Creates a new secret for a client. Earlier secrets stay valid for a while, so that a running service can switch without an interruption.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { clientId, label, overlapSeconds } = input;
        const { client, secret } = await rotateClientSecret(context.em(), actorOf(context), clientId, {
          label,
          overlapSeconds,
        });
        return { client: await loadClient(context, client.id), clientSecret: secret };
      }),
  },
  {
    description: 'The new secret, or the errors in the input.',
    outputFields: (t) => ({
      client: t.field({ ...changedClient, resolve: ({ client }) => client }),
      clientSecret: t.string({ ...newSecret, resolve: ({ clientSecret }) => clientSecret }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'deleteClient',
  {
    description: 'The client to delete, with everything that was issued to it.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'The client_id of the client to delete.' }),
    }),
  },
  {
    description:
      'Deletes a client with its secrets, its tokens and all consents of users to it. This cannot be undone.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        await deleteClient(context.em(), actorOf(context), input.clientId);
        return { deletedClientId: input.clientId };
      }),
  },
  {
    description: 'The deleted client, or the errors in the input.',
    outputFields: (t) => ({
      deletedClientId: t.string({
        description: 'The client_id of the deleted client. Null if nothing was deleted.',
        nullable: true,
        resolve: ({ deletedClientId }) => deletedClientId,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
