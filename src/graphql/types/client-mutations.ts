import { registerClient } from '../../oauth/registration/register.ts';
import { rotateClientSecret } from '../../oauth/registration/secrets.ts';
import { deleteClient, updateClient } from '../../oauth/registration/update.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { ClientType, loadClient, READS_CLIENTS } from './client.ts';
import { changeFields, MANAGED, registrationFields } from './client-fields.ts';

const changedClient = {
  type: ClientType,
  description: 'The client as it is now; null if nothing was changed.',
  nullable: true,
} as const;
const newSecret = {
  description:
    'The new secret. It is told this once, and only its digest is stored: keep it. Null for a public client, which has none.',
  nullable: true,
} as const;

builder.relayMutationField(
  'registerClient',
  {
    description: 'The client to register, in the words of RFC 7591.',
    inputFields: registrationFields,
  },
  {
    description:
      'Registers a client. Without permission MANAGE_CLIENTS you may have 10, which people can sign in with and nothing else.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { client, secret } = await registerClient(context.em(), actorOf(context), input);
        return { client: await loadClient(context, client.id), clientSecret: secret };
      }),
  },
  {
    description: 'The new client with its secret, or why there is none.',
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
    description:
      'What to change about a client. What is left out stays as it is; null removes what a client can be without.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'Which client to change, by its client_id.' }),
      ...changeFields(t),
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
        const { clientId, ...changes } = input;
        const client = await updateClient(context.em(), actorOf(context), clientId, changes);
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
  'rotateClientSecret',
  {
    description: 'Which client, and how long its earlier secrets stay good.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'Which client gets a new secret, by its client_id.' }),
      label: t.string({
        description: 'What to call the new secret, to tell it from the others: at most 100 visible characters.',
      }),
      overlapSeconds: t.int({
        description:
          'How many seconds the earlier secrets stay good: a day if left out, at most 30 days; 0 ends them at once.',
      }),
    }),
  },
  {
    description:
      'Gives a client a new secret. Its earlier ones stay good for a while, so that a running service can change over.',
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
    description: 'The new secret, or why there is none.',
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
