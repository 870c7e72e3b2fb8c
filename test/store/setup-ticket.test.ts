import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../../src/crypto/secrets.ts';
import { consumeSetupTicket, isSetupTicketActive, issueSetupTicket } from '../../src/store/setup-ticket.ts';
import type { StartedDatabase } from '../support/database-with-em.ts';
import { registerTestUser } from '../support/fixtures.ts';
import { startOwnDatabase } from '../support/own-database.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const LATER = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const ORIGIN = { ip: '127.0.0.1', requestId: 'test' };

const administrator = (name: string) => ({
  username: name,
  usernameKey: name,
  email: undefined,
  emailKey: undefined,
  passwordHash: '$argon2id$…',
});

describe('The setup ticket', () => {
  let started: StartedDatabase;
  beforeEach(async () => {
    started = await startOwnDatabase();
  });
  afterEach(() => started.close());

  const issue = async (now = NOW): Promise<string> => (await issueSetupTicket(started.database.sql, now)) ?? 'none';
  const consume = (ticket: string, name = 'boss', now = NOW) =>
    consumeSetupTicket(started.database.sql, ticket, administrator(name), now, ORIGIN);
  const rows = (sql: string): Promise<Record<string, unknown>[]> => started.database.em().execute(sql);

  it('a ticket creates the first administrator once and records it in the audit trail', async () => {
    const ticket = await issue();
    const id = await consume(ticket);

    expect(await rows('SELECT id, username, superuser, disabled, seeded FROM users')).toEqual([
      { id, username: 'boss', superuser: true, disabled: false, seeded: false },
    ]);
    expect(await rows('SELECT kind, actor_id, ip, request_id FROM audit_events')).toEqual([
      { kind: 'setup.completed', actor_id: id, ip: '127.0.0.1', request_id: 'test' },
    ]);
    expect(await consume(ticket, 'second')).toBeUndefined();
    expect(await rows('SELECT id FROM users')).toHaveLength(1);
  });

  it('of ten requests that consume a ticket at once, one succeeds', async () => {
    const ticket = await issue();
    const made = await Promise.all(Array.from({ length: 10 }, (_, number) => consume(ticket, `boss-${number}`)));

    expect(made.filter((id) => id !== undefined)).toHaveLength(1);
    expect(await rows('SELECT id FROM users')).toHaveLength(1);
  });

  it('a ticket expires after an hour', async () => {
    const ticket = await issue();

    expect(await isSetupTicketActive(started.database.sql, ticket, LATER(3599))).toBe(true);
    expect(await isSetupTicketActive(started.database.sql, ticket, LATER(3600))).toBe(false);
    expect(await consume(ticket, 'late', LATER(3600))).toBeUndefined();
    expect(await consume(ticket, 'in-time', LATER(3599))).toBeDefined();
  });

  it('two tickets of two nodes that are consumed at once create one administrator', async () => {
    const tickets = [await issue(), 'the ticket of the other node'] as const;
    await rows(
      `INSERT INTO setup_tickets VALUES ('\\x${digest(tickets[1]).toString('hex')}', '${NOW.toISOString()}', '${LATER(9).toISOString()}')`,
    );
    const made = await Promise.all(tickets.map((ticket, number) => consume(ticket, `boss-${number}`)));

    expect(made.filter((id) => id !== undefined)).toHaveLength(1);
    expect(await rows('SELECT id FROM users')).toHaveLength(1);
  });

  it('a new ticket replaces the earlier one', async () => {
    const [first, second] = [await issue(), await issue(LATER(1))];

    expect(await consume(first)).toBeUndefined();
    expect(await consume(second)).toBeDefined();
  });

  it('a ticket stays active after a wrong ticket or a taken username', async () => {
    const ticket = await issue();
    await registerTestUser(started.database, { username: 'taken' });

    expect(await consume('guess')).toBeUndefined();
    await expect(consume(ticket, 'taken')).rejects.toThrow(/users_username_key_unique/);
    expect(await isSetupTicketActive(started.database.sql, ticket, NOW)).toBe(true);
  });

  it('once there is an administrator the ticket is invalid and no other is issued', async () => {
    const ticket = await issue();
    await registerTestUser(started.database, { superuser: true });

    expect(await isSetupTicketActive(started.database.sql, ticket, NOW)).toBe(false);
    expect(await consume(ticket)).toBeUndefined();
    expect(await issueSetupTicket(started.database.sql, NOW)).toBeUndefined();
    expect(await rows('SELECT digest FROM setup_tickets')).toEqual([]);
  });

  it('a ticket is stored as a digest', async () => {
    const ticket = await issue();
    const [row] = await rows('SELECT setup_tickets::text AS text FROM setup_tickets');

    expect(String(row?.text)).not.toContain(ticket);
    expect(String(row?.text)).not.toContain(Buffer.from(ticket).toString('hex'));
  });
});
