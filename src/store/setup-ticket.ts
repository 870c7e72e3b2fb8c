import { randomUUIDv7 } from 'node:crypto';
import { digest, makeHandle } from '../crypto/secrets.ts';
import type { Origin } from './audit/record.ts';
import { type Sql, statement } from './connection/sql.ts';

const LIFETIME = 3600;

/** The first administrator, checked and with the password already hashed. */
export interface FirstAdministrator {
  readonly username: string;
  readonly usernameKey: string;
  readonly email: string | undefined;
  readonly emailKey: string | undefined;
  readonly passwordHash: string;
}

const replaceTickets = statement<{ one: number }>(
  'replace-setup-tickets',
  `WITH gone AS (DELETE FROM setup_tickets)
   INSERT INTO setup_tickets (digest, created_at, expires_at)
   SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM users WHERE superuser)
   RETURNING 1 AS one`,
);

const findActiveTicket = statement<{ one: number }>(
  'find-setup-ticket',
  `SELECT 1 AS one FROM setup_tickets
   WHERE digest = $1 AND expires_at > $2 AND NOT EXISTS (SELECT 1 FROM users WHERE superuser)`,
);

/** All tickets go, not only this one: of two nodes' links, spent at one moment, the second then finds nothing to delete. */
const consumeTicket = statement<{ id: string }>(
  'spend-setup-ticket',
  `WITH spent AS (
     DELETE FROM setup_tickets
     WHERE EXISTS (SELECT 1 FROM setup_tickets WHERE digest = $1 AND expires_at > $2)
       AND NOT EXISTS (SELECT 1 FROM users WHERE superuser)
     RETURNING digest
   ), made AS (
     INSERT INTO users (id, username, username_key, email, email_key, password_hash, superuser, created_at)
     SELECT $3::uuid, $4, $5, $6, $7, $8, true, $2 FROM spent WHERE digest = $1
     RETURNING id
   ), told AS (
     INSERT INTO audit_events (id, at, kind, actor_id, ip, request_id) SELECT $9::uuid, $2, 'setup.completed', id, $10, $11 FROM made
   )
   SELECT id FROM made`,
);

/** A fresh ticket that replaces all earlier ones; undefined, and none is left, once there is an administrator. */
export async function issueSetupTicket(sql: Sql, now: Date): Promise<string | undefined> {
  const ticket = makeHandle();
  const expiresAt = new Date(now.getTime() + LIFETIME * 1000);
  const issued = await sql(replaceTickets, [digest(ticket), now, expiresAt]);
  return issued.length > 0 ? ticket : undefined;
}

export async function isSetupTicketActive(sql: Sql, ticket: string, now: Date): Promise<boolean> {
  return (await sql(findActiveTicket, [digest(ticket), now])).length > 0;
}

/** Spends the ticket and makes the administrator in one statement; the new user's uuid, or undefined for a dead ticket. */
export async function consumeSetupTicket(
  sql: Sql,
  ticket: string,
  administrator: FirstAdministrator,
  now: Date,
  origin: Origin,
): Promise<string | undefined> {
  const { username, usernameKey, email, emailKey, passwordHash } = administrator;
  const person = [randomUUIDv7(), username, usernameKey, email ?? null, emailKey ?? null, passwordHash];
  const event = [randomUUIDv7(), origin.ip ?? null, origin.requestId ?? null];
  const [made] = await sql(consumeTicket, [digest(ticket), now, ...person, ...event]);
  return made?.id;
}

const findSuperuser = statement<{ one: number }>(
  'find-superuser',
  'SELECT 1 AS one FROM users WHERE superuser LIMIT 1',
);

export async function hasSuperuser(sql: Sql): Promise<boolean> {
  return (await sql(findSuperuser, [])).length > 0;
}
