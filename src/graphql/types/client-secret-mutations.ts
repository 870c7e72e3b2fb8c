import { rotateClientSecret } from '../../oauth/registration/secrets.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf } from '../request-actor.ts';
import { loadClient, READS_CLIENTS } from './client.ts';
import { changedClient, toldSecret } from './client-mutations.ts';

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
      clientSecret: t.string({ ...toldSecret, resolve: ({ clientSecret }) => clientSecret }),
      errors: t.field(errorsOption),
    }),
  },
);
