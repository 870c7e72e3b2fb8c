import type { Config } from '../config.ts';
import { DomainError } from '../directory/error.ts';
import { OPERATOR } from '../directory/permissions.ts';
import type { Database } from '../store/connection/database.ts';
import { Refusal } from '../store/connection/refusal.ts';
import { hasSuperuser, issueSetupTicket } from '../store/setup-ticket.ts';

/** Creates the first administrator from ADMIN_USERNAME, or returns the ticket of a set-up link. */
export async function prepareAdministrator(
  { admin }: Config,
  database: Database,
  now: Date,
): Promise<string | undefined> {
  const { sql } = database;
  if (!admin) return issueSetupTicket(sql, now);
  if (await hasSuperuser(sql)) return undefined;
  const { registerUser } = await import('../directory/register-user.ts');
  const { entityManager } = await import('../store/connection/orm.ts');
  const actor = { caller: OPERATOR, now, origin: { ip: undefined, requestId: undefined } };
  const { username, password } = admin;
  try {
    await registerUser(entityManager(database), actor, { username, password, superuser: true });
  } catch (error) {
    // Another node that started at the same moment has created the administrator.
    if (await hasSuperuser(sql)) return undefined;
    throw error instanceof DomainError ? new Refusal(`ADMIN_USERNAME, ADMIN_PASSWORD: ${error.message}.`) : error;
  }
  return undefined;
}
