import { randomUUIDv7 } from 'node:crypto';
import { type Sql, statement } from '../connection/sql.ts';
import type { AuditKind } from './kinds.ts';

/** The source of a request, for the audit trail. */
export interface Origin {
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
  /** The User-Agent header. It is compared, never stored or logged. */
  readonly userAgent?: string | undefined;
}

/** An event to record. Ids are row UUIDs. `detail` holds names and ids, never a secret. */
export interface AuditEntry {
  readonly kind: AuditKind;
  readonly at: Date;
  readonly actorId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly origin: Origin;
  readonly detail?: Record<string, unknown>;
}

const insertAuditEvent = statement<never>(
  'insert-audit-event',
  `INSERT INTO audit_events (id, at, kind, actor_id, client_id, ip, request_id, detail)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

/** Writes the event in its own statement, outside any transaction. */
export async function record(sql: Sql, { kind, at, actorId, clientId, origin, detail }: AuditEntry): Promise<void> {
  const values = [
    randomUUIDv7(),
    at,
    kind,
    actorId ?? null,
    clientId ?? null,
    origin.ip ?? null,
    origin.requestId ?? null,
  ];
  await sql(insertAuditEvent, [...values, JSON.stringify(detail ?? {})]);
}
