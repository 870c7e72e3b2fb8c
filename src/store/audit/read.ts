import { type Page, pagedList, readPage } from '../connection/keyset.ts';
import { type Sql, statement } from '../connection/sql.ts';

/** An audit event. Ids are row UUIDs; the rows may have been deleted. */
export interface AuditRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: string;
  readonly actorId: string | null;
  readonly clientId: string | null;
  readonly ip: string | null;
  readonly requestId: string | null;
  readonly detail: Record<string, unknown>;
}

/** The columns of an AuditRow, from `audit_events e`. */
export const EVENT = `
  e.id, e.at, e.kind, e.actor_id AS "actorId", e.client_id AS "clientId", e.ip, e.request_id AS "requestId", e.detail`;

const selectEvents = statement<AuditRow>(
  'find-events',
  `SELECT ${EVENT} FROM audit_events e WHERE e.id = ANY($1::uuid[])`,
);

/** Each filter has its own statement, because only then does its plan use the index that begins with its columns. */
const eventList = (name: string, filter = '') =>
  pagedList<AuditRow>(
    name,
    'e.at',
    'e.id',
    ({ window, cut }) => `SELECT ${EVENT} FROM audit_events e WHERE ${filter} ${window} ${cut}`,
    true,
  );

const allEvents = eventList('list-events');
const eventsOfKind = eventList('list-events-of-kind', 'e.kind = $6 AND');
const eventsOfActor = eventList('list-own-events', 'e.actor_id = $6::uuid AND');
const eventsOfActorAndKind = eventList('list-own-events-of-kind', 'e.actor_id = $6::uuid AND e.kind = $7 AND');

export const findEvents = (sql: Sql, ids: readonly string[]): Promise<AuditRow[]> => sql(selectEvents, [ids]);

export interface EventFilter {
  readonly kind: string | null;
  /** Undefined selects the events of all users. */
  readonly actorId: string | undefined;
}

/** A page of the audit trail, newest event first. */
export function listEvents(sql: Sql, page: Page, { kind, actorId }: EventFilter): Promise<AuditRow[]> {
  if (actorId === undefined)
    return kind === null ? readPage(sql, allEvents, page) : readPage(sql, eventsOfKind, page, [kind]);
  return kind === null
    ? readPage(sql, eventsOfActor, page, [actorId])
    : readPage(sql, eventsOfActorAndKind, page, [actorId, kind]);
}
