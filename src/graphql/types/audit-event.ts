import { holds } from '../../directory/permissions.ts';
import type { AccessToken } from '../../oauth/tokens/bearer.ts';
import { isAuditKind } from '../../store/audit/kinds.ts';
import { type AuditRow, findEvents, listEvents } from '../../store/audit/read.ts';
import { type AccessRule, missingFor } from '../access/access.ts';
import { builder } from '../builder.ts';
import { parsePageArguments, toConnection } from '../connection.ts';
import type { Context } from '../context.ts';
import { refusalFor } from '../errors.ts';
import { byId, loadBatched } from '../load-batched.ts';
import { nodeRef } from '../node-ref.ts';
import { tokenOf } from '../request-actor.ts';
import type { SubscriptionEvent } from '../subscriptions/subscriber.ts';
import { AuditKindEnum } from './audit-kind.ts';
import { ClientType, loadClient, seesClient } from './client.ts';
import { loadUser, UserType } from './user.ts';

const READS_AUDIT = { scopes: [['audit']], permission: 'READ_AUDIT', own: true } as const satisfies AccessRule;

/** The event of that row id, whoever asks: what shows it must ask `seesEvent` first. */
export const loadEvent = (context: Context, id: string): Promise<AuditRow | undefined> =>
  loadBatched(context, 'event', id, async (ids) => byId(await findEvents(context.sql, ids)));

/** One's own, or READ_AUDIT. */
export const seesEvent = (context: Context, event: AuditRow): boolean => isShownTo(tokenOf(context), event);

function isShownTo({ caller }: AccessToken, { actorId }: AuditRow): boolean {
  return holds(caller, 'READ_AUDIT') || (actorId !== null && actorId === caller.userId);
}

export const AuditEventType = nodeRef<AuditRow>('AuditEvent', { prefix: 'evt', load: loadEvent, sees: seesEvent });

builder.node(AuditEventType, {
  id: { resolve: ({ id }) => id },
  description: 'Something that happened here: a sign-in, a refusal, a change by an administrator.',
  access: READS_AUDIT,
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    kind: t.field({
      type: AuditKindEnum,
      description: 'What happened. Null only for an event that a newer version of the server recorded.',
      nullable: true,
      resolve: ({ kind }) => (isAuditKind(kind) ? kind : null),
    }),
    actor: t.field({
      type: UserType,
      description: 'Who did it. Null if nobody was signed in, or if the account has been deleted since.',
      nullable: true,
      resolve: async ({ actorId }, _args, context) =>
        actorId === null ? null : ((await loadUser(context, actorId)) ?? null),
    }),
    client: t.field({
      type: ClientType,
      description:
        'The client it was done through. Null if there was none, if it has been deleted, or if it is neither yours nor yours to manage.',
      nullable: true,
      resolve: async ({ clientId }, _args, context) => {
        const client = clientId === null ? undefined : await loadClient(context, clientId);
        return client && seesClient(context, client) ? client : null;
      },
    }),
    ip: t.exposeString('ip', { description: 'The IP address the request came from.', nullable: true }),
    requestId: t.exposeString('requestId', {
      description: 'The id of the request, as in the `X-Request-Id` header of its answer and in the log.',
      nullable: true,
    }),
    detail: t.expose('detail', { type: 'JSONObject', description: 'The names and ids it is about; never a secret.' }),
  }),
});

const AuditEventConnection = builder.connectionObject(
  { type: AuditEventType, name: 'AuditEventConnection', description: 'A page of the audit trail.' },
  { name: 'AuditEventEdge', description: 'An event, and its place in the list.' },
);

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      type: AuditEventType,
      description: 'What you did, or with READ_AUDIT what everybody did. Newest first.',
      access: READS_AUDIT,
      args: {
        kind: t.arg({ type: AuditKindEnum, description: 'Only events of this kind.' }),
      },
      resolve: async (_root, args, context) => {
        const page = parsePageArguments(args);
        const { caller } = tokenOf(context);
        const actorId = holds(caller, 'READ_AUDIT') ? undefined : caller.userId;
        const rows = await listEvents(context.sql, page, { kind: args.kind ?? null, actorId });
        return toConnection(rows, page, ({ at, id }) => ({ at: at.toISOString(), id }));
      },
    },
    AuditEventConnection,
  ),
);

builder.subscriptionField('auditEvent', (t) =>
  t.field({
    type: AuditEventType,
    description:
      'What you do from now on, or with READ_AUDIT what everybody does, as it happens. Ends with the token. Answered as text/event-stream.',
    access: READS_AUDIT,
    subscribe: (_root, _args, context) =>
      context.live.subscribe({
        token: tokenOf(context),
        refusal: (token) => refusalFor(token, missingFor(token, READS_AUDIT), context.config.issuer),
        wants: isShownTo,
        disconnected: context.disconnected(),
      }),
    // The last one, which has no event, is answered before anything is resolved.
    resolve: (delivery) => (delivery as SubscriptionEvent).event,
  }),
);
