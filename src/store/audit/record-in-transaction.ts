import type { Em } from '../connection/orm.ts';
import { AuditEvent } from '../entities/audit-event.ts';
import type { AuditEntry } from './record.ts';

/** Adds the event to the unit of work, so that it is committed together with the change it describes. */
export function recordInTransaction(em: Em, { kind, at, actorId, clientId, origin, detail }: AuditEntry): void {
  em.persist(
    em.create(AuditEvent, {
      kind,
      at,
      actorId: actorId ?? null,
      clientId: clientId ?? null,
      ip: origin.ip ?? null,
      requestId: origin.requestId ?? null,
      detail: detail ?? {},
    }),
  );
}
