import { type Page, pagedList, readPage } from '../connection/keyset.ts';
import { type Sql, statement } from '../connection/sql.ts';

/** One line of the audit trail. Ids are rows' uuids; what they name may be gone by now. */
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

/** The columns of one, of `audit_events e`. */
export const EVENT = `
  e.id, e.at, e.kind, e.actor_id AS "actorId", e.client_id AS "clientId", e.ip, e.request_id AS "requestId", e.detail`;

const selectEvents = statement<AuditRow>(
  'find-events',
  `SELECT ${EVENT} FROM audit_events e WHERE e.id = ANY($1::uuid[])`,
);

const everybodys = pagedList<AuditRow>(
  'list-events',
  'e.at',
  'e.id',
  ({ window, cut }) =>
    `SELECT ${EVENT} FROM audit_events e WHERE ($6::text IS NULL OR e.kind = $6) AND ${window} ${cut}`,
  true,
);

const ones = pagedList<AuditRow>(
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
  /** Undefined: everybody's. */
  readonly actorId: string | undefined;
}

/** Newest first. */
export const listEvents = (sql: Sql, page: Page, { kind, actorId }: EventFilter): Promise<AuditRow[]> =>
  actorId === undefined ? readPage(sql, everybodys, page, [kind]) : readPage(sql, ones, page, [kind, actorId]);
