import { entities } from '../../src/store/entities/entities.ts';
import type { DatabaseWithEm } from '../support/database-with-em.ts';

/** Row counts by table, without the audit trail, which also records refusals. */
export async function rowCounts(database: DatabaseWithEm): Promise<Record<string, number>> {
  const em = database.em();
  const counts: Record<string, number> = {};
  for (const entity of entities.filter(({ name }) => name !== 'AuditEvent'))
    counts[entity.name] = await em.count(entity as never);
  return counts;
}
