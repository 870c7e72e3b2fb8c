import { entities } from '../../src/store/entities.ts';
import type { Database } from '../../src/store/orm.ts';

/** How many rows each table has, but for the audit trail, which tells of refusals as well. */
export async function rowCounts(database: Database): Promise<Record<string, number>> {
  const em = database.em();
  const counts: Record<string, number> = {};
  for (const entity of entities.filter(({ name }) => name !== 'AuditEvent'))
    counts[entity.name] = await em.count(entity as never);
  return counts;
}
