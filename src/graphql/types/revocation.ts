import { DomainError } from '../../directory/error.ts';
import { revokeAuthorizations, revokeToken } from '../../oauth/tokens/admin-revocation.ts';
import type { AccessRule } from '../access/access.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { actorOf, tokenOf } from '../request-actor.ts';
import { userRow } from './user-mutations.ts';

const REVOKES = { scopes: [['write']], permission: 'MANAGE_USERS', own: true } as const satisfies AccessRule;

builder.relayMutationField(
  'revokeAuthorization',
  {
    description: 'Which client, and whose consent to it.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'The client_id of the client that loses its access.' }),
      userId: t.id({ description: 'Whose consent, as a `usr_…` id; your own if left out.' }),
    }),
  },
  {
    description:
      'Withdraws what a person allowed a client: the consent and every token under it. The client has to ask again.',
    nullable: true,
    access: REVOKES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const userId = input.userId == null ? tokenOf(context).user?.id : userRow(input.userId, 'userId');
        if (userId === undefined) throw new DomainError('INVALID', 'A service must say whose', ['userId']);
        const revoked = await revokeAuthorizations(context.em(), actorOf(context), userId, input.clientId);
        return { clientId: input.clientId, revoked };
      }),
  },
  {
    description: 'What lost its access, or why nothing did.',
    outputFields: (t) => ({
      clientId: t.string({
        description: 'The client_id of the client that lost its access; null if nothing was done.',
        nullable: true,
        resolve: ({ clientId }) => clientId,
      }),
      revoked: t.int({
        description: 'How many authorizations were ended by this; 0 if there was none.',
        resolve: ({ revoked }) => revoked ?? 0,
      }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'revokeToken',
  {
    description: 'Which token to revoke.',
    inputFields: (t) => ({
      token: t.string({
        required: true,
        description:
          'The token itself: an access token, which ends alone, or a refresh token, which takes its whole family along.',
      }),
    }),
  },
  {
    description: 'Revokes a token at once. One that is not alive is no error (RFC 7009 §2.2).',
    nullable: true,
    access: REVOKES,
    resolve: (_root, { input }, context) =>
      attempt(async () => ({ revoked: await revokeToken(context.em(), actorOf(context), input.token) })),
  },
  {
    description: 'Whether the token was ended, or why not.',
    outputFields: (t) => ({
      revoked: t.boolean({
        description: 'Whether this ended it; false if it was not alive.',
        resolve: ({ revoked }) => revoked ?? false,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
