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

const allEvents = pagedList<AuditRow>(
  'list-events',
  'e.at',
  'e.id',
  ({ window, cut }) =>
    `SELECT ${EVENT} FROM audit_events e WHERE ($6::text IS NULL OR e.kind = $6) AND ${window} ${cut}`,
  true,
);

const eventsOfActor = pagedList<AuditRow>(
  'list-own-events',
  'e.at',
  'e.id',
  ({ window, cut }) =>
    `SELECT ${EVENT} FROM audit_events e
    WHERE ($6::text IS NULL OR e.kind = $6) AND e.actor_id = $7::uuid AND ${window} ${cut}`,
  true,
);

export const findEvents = (sql: Sql, ids: readonly string[]): Promise<AuditRow[]> => sql(selectEvents, [ids]);

export interface EventFilter {
  readonly kind: string | null;
  /** Undefined selects the events of all users. */
  readonly actorId: string | undefined;
}

/** A page of the audit trail, newest event first. */
export const listEvents = (sql: Sql, page: Page, { kind, actorId }: EventFilter): Promise<AuditRow[]> =>
  actorId === undefined ? readPage(sql, allEvents, page, [kind]) : readPage(sql, eventsOfActor, page, [kind, actorId]);
