import { rotateClientSecret } from '../../oauth/client-secrets.ts';
import { actorOf } from '../actor.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { loadClient, READS_CLIENTS } from './client.ts';
import { changedClient, toldSecret } from './client-mutations.ts';

builder.relayMutationField(
  'rotateClientSecret',
  {
    description: 'Which client, and how long its earlier secrets stay good.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'Its client_id.' }),
      label: t.string({ description: 'What to call the new secret.' }),
      overlapSeconds: t.int({ description: 'A day if left out; 0 ends the earlier secrets at once; at most 30 days.' }),
    }),
  },
  {
    description: 'Gives a client a new secret, and its earlier ones an end.',
    nullable: true,
    access: READS_CLIENTS,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const { clientId, label, overlapSeconds } = input;
        const { client, secret } = await rotateClientSecret(context.em, actorOf(context), clientId, {
          label,
          overlapSeconds,
        });
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
