import { randomUUIDv7 } from 'node:crypto';
import { digest, makeHandle } from '../crypto/secrets.ts';
import type { AuditKind } from './audit/kinds.ts';
import type { Origin } from './audit/record.ts';
import { type Sql, statement } from './connection/sql.ts';

/** Seconds. */
const LIFETIME = 3600;

/** The first administrator: validated, with the password already hashed. */
export interface FirstAdministrator {
  readonly username: string;
  readonly usernameKey: string;
  readonly email: string | undefined;
  readonly emailKey: string | undefined;
  readonly passwordHash: string;
}

const replaceTickets = statement<{ one: number }>(
  'replace-setup-tickets',
  `WITH deleted AS (DELETE FROM setup_tickets)
   INSERT INTO setup_tickets (digest, created_at, expires_at)
   SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM users WHERE superuser)
   RETURNING 1 AS one`,
);

const findActiveTicket = statement<{ one: number }>(
  'find-setup-ticket',
  `SELECT 1 AS one FROM setup_tickets
   WHERE digest = $1 AND expires_at > $2 AND NOT EXISTS (SELECT 1 FROM users WHERE superuser)`,
);

/** Deletes all tickets, so that of two links from two nodes only the first one that is used creates an administrator. */
const consumeTicket = statement<{ id: string }>(
  'consume-setup-ticket',
  `WITH consumed AS (
     DELETE FROM setup_tickets
     WHERE EXISTS (SELECT 1 FROM setup_tickets WHERE digest = $1 AND expires_at > $2)
       AND NOT EXISTS (SELECT 1 FROM users WHERE superuser)
     RETURNING digest
   ), created AS (
     INSERT INTO users (id, username, username_key, email, email_key, password_hash, superuser, created_at)
     SELECT $3::uuid, $4, $5, $6, $7, $8, true, $2 FROM consumed WHERE digest = $1
     RETURNING id
   ), recorded AS (
     INSERT INTO audit_events (id, at, kind, actor_id, ip, request_id)
     SELECT $9::uuid, $2, '${'setup.completed' satisfies AuditKind}', id, $10, $11 FROM created
   )
   SELECT id FROM created`,
);

/** Issues a ticket that replaces all earlier ones. Once an administrator exists it only deletes them and returns undefined. */
export async function issueSetupTicket(sql: Sql, now: Date): Promise<string | undefined> {
  const ticket = makeHandle();
  const expiresAt = new Date(now.getTime() + LIFETIME * 1000);
  const issued = await sql(replaceTickets, [digest(ticket), now, expiresAt]);
  return issued.length > 0 ? ticket : undefined;
}

export async function isSetupTicketActive(sql: Sql, ticket: string, now: Date): Promise<boolean> {
  return (await sql(findActiveTicket, [digest(ticket), now])).length > 0;
}

/**
 * Consumes the ticket and creates the administrator in one statement. Returns the user's UUID; undefined if the ticket is no
 * longer valid.
 */
export async function consumeSetupTicket(
  sql: Sql,
  ticket: string,
  administrator: FirstAdministrator,
  now: Date,
  origin: Origin,
): Promise<string | undefined> {
  const { username, usernameKey, email, emailKey, passwordHash } = administrator;
  const user = [randomUUIDv7(), username, usernameKey, email ?? null, emailKey ?? null, passwordHash];
  const event = [randomUUIDv7(), origin.ip ?? null, origin.requestId ?? null];
  const [created] = await sql(consumeTicket, [digest(ticket), now, ...user, ...event]);
  return created?.id;
}

const findSuperuser = statement<{ one: number }>(
  'find-superuser',
  'SELECT 1 AS one FROM users WHERE superuser LIMIT 1',
);

export async function hasSuperuser(sql: Sql): Promise<boolean> {
  return (await sql(findSuperuser, [])).length > 0;
}
