import { entities } from '../../src/store/entities/entities.ts';
import type { User } from '../../src/store/entities/user.ts';
import type { DatabaseWithEm } from '../support/database-with-em.ts';

/** Digests of the contents of every table, without the audit trail, which also records refusals. */
export async function tableDigests(database: DatabaseWithEm): Promise<Record<string, string>> {
  const em = database.em();
  const digests: Record<string, string> = {};
  for (const entity of entities) {
    const { name, tableName } = em.getMetadata().get(entity as typeof User);
    if (name === 'AuditEvent') continue;
    const [row] = await em.execute<{ digest: string }[]>(
      `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest FROM ${tableName} t`,
    );
    digests[tableName] = row?.digest ?? '';
  }
  return digests;
}
