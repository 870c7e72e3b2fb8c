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

/** The event with that row id, without an access check: a field that shows it must call `seesEvent` first. */
export const loadEvent = (context: Context, id: string): Promise<AuditRow | undefined> =>
  loadBatched(context, 'event', id, async (ids) => byId(await findEvents(context.sql, ids)));

/** True for the user's own events, and with READ_AUDIT for every event. */
export const seesEvent = (context: Context, event: AuditRow): boolean => isShownTo(tokenOf(context), event);

function isShownTo({ caller }: AccessToken, { actorId }: AuditRow): boolean {
  return holds(caller, 'READ_AUDIT') || (actorId !== null && actorId === caller.userId);
}

export const AuditEventType = nodeRef<AuditRow>('AuditEvent', { prefix: 'evt', load: loadEvent, sees: seesEvent });

builder.node(AuditEventType, {
  id: { resolve: ({ id }) => id },
  description: 'An entry of the audit trail: a sign-in, a refused request or a change.',
  access: READS_AUDIT,
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Time of the event.' }),
    kind: t.field({
      type: AuditKindEnum,
      description: 'What happened. Null for an event of a kind that only a newer version of the server knows.',
      nullable: true,
      resolve: ({ kind }) => (isAuditKind(kind) ? kind : null),
    }),
    actor: t.field({
      type: UserType,
      description:
        'The user who caused the event. Null if no user was signed in, or if the user has been deleted since.',
      nullable: true,
      resolve: async ({ actorId }, _args, context) =>
        actorId === null ? null : ((await loadUser(context, actorId)) ?? null),
    }),
    client: t.field({
      type: ClientType,
      description:
        'The client that was used. Null if there was none, if it has been deleted since, or if you may not see it.',
      nullable: true,
      resolve: async ({ clientId }, _args, context) => {
        const client = clientId === null ? undefined : await loadClient(context, clientId);
        return client && seesClient(context, client) ? client : null;
      },
    }),
    ip: t.exposeString('ip', {
      description: 'IP address that sent the request. Null if the event was not caused by a request.',
      nullable: true,
    }),
    requestId: t.exposeString('requestId', {
      description: 'Id of the request, as in the `X-Request-Id` header of the response and in the server log.',
      nullable: true,
    }),
    detail: t.expose('detail', {
      type: 'JSONObject',
      description: 'Names and ids of the objects involved. It never contains a secret.',
    }),
  }),
});

const AuditEventConnection = builder.connectionObject(
  { type: AuditEventType, name: 'AuditEventConnection', description: 'A page of the audit trail.' },
  { name: 'AuditEventEdge', description: 'An event and its position in the list.' },
);

builder.queryField('auditEvents', (t) =>
  t.connection(
    {
      type: AuditEventType,
      description: 'Your own events, or with READ_AUDIT all events, the newest first.',
      access: READS_AUDIT,
      args: {
        kind: t.arg({ type: AuditKindEnum, description: 'Return only events of this kind.' }),
      },
      resolve: async (_root, args, context) => {
        const page = parsePageArguments(args);
        const { caller } = tokenOf(context);
        const actorId = holds(caller, 'READ_AUDIT') ? undefined : caller.userId;
        const rows = await listEvents(context.sql, page, { kind: args.kind ?? null, actorId });
        return toConnection(context, rows, page, ({ at, id }) => ({ at: at.toISOString(), id }));
      },
    },
    AuditEventConnection,
  ),
);

builder.subscriptionField('auditEvent', (t) =>
  t.field({
    type: AuditEventType,
    description:
      'Your own events, or with READ_AUDIT all events, as they happen. The stream (`text/event-stream`) ends when the token expires or is revoked.',
    access: READS_AUDIT,
    subscribe: (_root, _args, context) =>
      context.live.subscribe({
        token: tokenOf(context),
        refusal: (token) => refusalFor(token, missingFor(token, READS_AUDIT), context.config.issuer),
        wants: isShownTo,
        disconnected: context.disconnected(),
      }),
    // The final delivery has an error instead of an event. It becomes a response before any field is resolved.
    resolve: (delivery) => (delivery as SubscriptionEvent).event,
  }),
);
