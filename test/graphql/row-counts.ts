import { entities } from '../../src/store/entities/entities.ts';
import type { Administered } from '../support/administered.ts';

/** How many rows each table has, but for the audit trail, which tells of refusals as well. */
export async function rowCounts(database: Administered): Promise<Record<string, number>> {
  const em = database.em();
  const counts: Record<string, number> = {};
  for (const entity of entities.filter(({ name }) => name !== 'AuditEvent'))
    counts[entity.name] = await em.count(entity as never);
  return counts;
}
