import { type Page, pagedList, readPage } from './keyset.ts';
import { type Sql, statement } from './sql.ts';

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

const EVENT = `
  e.id, e.at, e.kind, e.actor_id AS "actorId", e.client_id AS "clientId", e.ip, e.request_id AS "requestId", e.detail`;

const selectEvents = statement<AuditRow>(
  'find-events',
  `SELECT ${EVENT} FROM audit_events e WHERE e.id = ANY($1::uuid[])`,
);

const everybodys = pagedList<AuditRow>(
  'list-events',
  'e.at',
  'e.id',
  ({ window, cut }) => `SELECT ${EVENT} FROM audit_events e WHERE ${window} ${cut}`,
  true,
);

const ones = pagedList<AuditRow>(
  'list-own-events',
  'e.at',
  'e.id',
  ({ window, cut }) => `SELECT ${EVENT} FROM audit_events e WHERE e.actor_id = $6::uuid AND ${window} ${cut}`,
  true,
);

export const findEvents = (sql: Sql, ids: readonly string[]): Promise<AuditRow[]> => sql(selectEvents, [ids]);

/** Newest first; everybody's, or one person's. */
export const listEvents = (sql: Sql, page: Page, actorId: string | undefined): Promise<AuditRow[]> =>
  actorId === undefined ? readPage(sql, everybodys, page) : readPage(sql, ones, page, [actorId]);
