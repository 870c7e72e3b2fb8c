import { DomainError } from '../../directory/error.ts';
import { revokeAuthorizations, revokeToken } from '../../oauth/revocation.ts';
import type { AccessRule } from '../access.ts';
import { actorOf, tokenOf } from '../actor.ts';
import { builder } from '../builder.ts';
import { attempt, errorsOption } from '../payload.ts';
import { userRow } from './user-mutations.ts';

const REVOKES = { scopes: [['write']], permission: 'MANAGE_USERS', own: true } as const satisfies AccessRule;

builder.relayMutationField(
  'revokeAuthorization',
  {
    description: 'Which client, and whose consent to it.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'The client_id of the client.' }),
      userId: t.id({ description: 'A `usr_…` id; yourself if left out.' }),
    }),
  },
  {
    description: 'Withdraws what a person allowed a client: the consent, and every token under it.',
    nullable: true,
    access: REVOKES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const userId = input.userId == null ? tokenOf(context).user?.id : userRow(input.userId, 'userId');
        if (userId === undefined) throw new DomainError('INVALID', 'A service must say whose', ['userId']);
        const revoked = await revokeAuthorizations(context.em, actorOf(context), userId, input.clientId);
        return { clientId: input.clientId, revoked };
      }),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      clientId: t.string({
        description: 'The client; null if nothing was done.',
        nullable: true,
        resolve: ({ clientId }) => clientId,
      }),
      revoked: t.int({
        description: 'How many authorizations were alive, and are no more.',
        resolve: ({ revoked }) => revoked ?? 0,
      }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'revokeToken',
  {
    description: 'The token to revoke.',
    inputFields: (t) => ({
      token: t.string({
        required: true,
        description: 'An access token, or a refresh token: that one with its whole family.',
      }),
    }),
  },
  {
    description: 'Revokes a token at once. One that is not alive is no error (RFC 7009 §2.2).',
    nullable: true,
    access: REVOKES,
    resolve: (_root, { input }, context) =>
      attempt(async () => ({ revoked: await revokeToken(context.em, actorOf(context), input.token) })),
  },
  {
    description: 'What came of it.',
    outputFields: (t) => ({
      revoked: t.boolean({
        description: 'Whether it was alive, and is no more.',
        resolve: ({ revoked }) => revoked ?? false,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
