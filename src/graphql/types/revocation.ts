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
    description: 'The client and the user whose consent is revoked.',
    inputFields: (t) => ({
      clientId: t.string({ required: true, description: 'The client_id of the client that loses access.' }),
      userId: t.id({ description: 'The `usr_…` id of the user who gave the consent. If omitted: yourself.' }),
    }),
  },
  {
    description: 'Deletes the consent of a user to a client and revokes all tokens that the client got with it.',
    nullable: true,
    access: REVOKES,
    resolve: (_root, { input }, context) =>
      attempt(async () => {
        const userId = input.userId == null ? tokenOf(context).user?.id : userRow(input.userId, 'userId');
        if (userId === undefined)
          throw new DomainError('INVALID', 'A service has no user, so userId is required', ['userId']);
        const revoked = await revokeAuthorizations(context.em(), actorOf(context), userId, input.clientId);
        return { clientId: input.clientId, revoked };
      }),
  },
  {
    description: 'The client that lost access, or the errors in the input.',
    outputFields: (t) => ({
      clientId: t.string({
        description: 'The client_id from the input. Null if nothing was revoked because of an error.',
        nullable: true,
        resolve: ({ clientId }) => clientId,
      }),
      revoked: t.int({
        description: 'Number of active authorizations that were revoked. It can be 0.',
        resolve: ({ revoked }) => revoked ?? 0,
      }),
      errors: t.field(errorsOption),
    }),
  },
);

builder.relayMutationField(
  'revokeToken',
  {
    description: 'The access token or refresh token to revoke.',
    inputFields: (t) => ({
      token: t.string({
        required: true,
        description:
          'An access token, which is revoked alone, or a refresh token, with which all tokens of its authorization are revoked.',
      }),
    }),
  },
  {
    description: 'Revokes a token at once. A token that is not active is not an error (RFC 7009 §2.2).',
    nullable: true,
    access: REVOKES,
    resolve: (_root, { input }, context) =>
      attempt(async () => ({ revoked: await revokeToken(context.em(), actorOf(context), input.token) })),
  },
  {
    description: 'Whether the token was revoked, or the errors in the input.',
    outputFields: (t) => ({
      revoked: t.boolean({
        description: 'True if the token was active until now.',
        resolve: ({ revoked }) => revoked ?? false,
      }),
      errors: t.field(errorsOption),
    }),
  },
);
