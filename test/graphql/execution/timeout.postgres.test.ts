import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseWithEm, openDatabase } from '../../support/database-with-em.ts';
import { addressOf, subscribe } from '../../support/event-stream.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

let server: TestServer;
let other: DatabaseWithEm;
let token: string;
beforeAll(async () => {
  server = await startServer();
  other = await openDatabase({ url: server.config.databaseUrl ?? '' });
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(async () => {
  await other?.close();
  await server?.close();
});

const run = (sql: string) => other.em().execute<Record<string, unknown>[]>(sql);

/** The activity of the server's connections, except the one that listens. */
const busy = () =>
  run(`SELECT state, query FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`);

async function timed<T>(work: () => Promise<T>): Promise<[T, seconds: number]> {
  const started = performance.now();
  const result = await work();
  return [result, (performance.now() - started) / 1000];
}

describe('An operation that takes more than five seconds', () => {
  it('K223 the operation is stopped, its statement cancelled and its connection returned to the pool', async () => {
    // The query below needs an event that has an actor.
    await mutate(server, token, 'createGroup', { name: 'earlier' });
    await run('ALTER TABLE audit_events RENAME TO audit_events_kept');
    await run(`CREATE VIEW audit_events AS
               WITH slowly AS MATERIALIZED (SELECT pg_sleep(3.5)) SELECT e.* FROM audit_events_kept e, slowly`);
    const locked = other.em().transactional(async (tx) => {
      await pause(1500);
      await tx.execute('LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
      await pause(5000);
    });
    const [{ status, headers, body }, seconds] = await timed(() =>
      server.graphql('{ auditEvents { nodes { id actor { username } } } }', token),
    );
    const left = await busy();
    await locked;
    await run('DROP VIEW audit_events');
    await run('ALTER TABLE audit_events_kept RENAME TO audit_events');

    expect(status).toBe(503);
    expect(headers.get('Retry-After')).toBe('1');
    expect(body).toEqual({ errors: [{ message: expect.any(String), extensions: { code: 'TIMEOUT' } }] });
    expect(seconds).toBeGreaterThan(4.5);
    expect(seconds).toBeLessThan(5.5);
    expect(left.filter(({ query }) => !/LOCK TABLE/.test(String(query)))).toEqual([]);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => server.graphql('{ users { nodes { id } } }', token)),
    );
    expect(all.map((response) => response.status)).toEqual(Array(20).fill(200));
  });

  it('a stopped mutation reports its completed fields and rolls back the rest, and a subscription has no such limit', async () => {
    const stream = await subscribe(addressOf(server), token);
    await run(`CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS
               $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$`);
    await run('CREATE TRIGGER slowly BEFORE INSERT ON scopes FOR EACH ROW EXECUTE FUNCTION slowly()');
    const create = (name: string) =>
      `${name}: createScope(input: {name: "slow:${name}", description: "See"}) { scope { name } }`;
    const [{ status, body }, seconds] = await timed(() =>
      server.graphql(`mutation { ${create('first')} ${create('second')} }`, token),
    );
    await expect.poll(busy).toEqual([]);
    await run('DROP TRIGGER slowly ON scopes');

    expect(status).toBe(503);
    expect(seconds).toBeLessThan(6);
    expect(body.errors[0].extensions.code).toBe('TIMEOUT');
    expect(body.data).toEqual({ first: { scope: { name: 'slow:first' } }, second: null });
    expect(await run("SELECT name FROM scopes WHERE name LIKE 'slow:%'")).toEqual([{ name: 'slow:first' }]);
    expect(await run("SELECT id FROM audit_events WHERE kind = 'scope.created'")).toHaveLength(1);
    await pause(5000);
    await mutate(server, token, 'createGroup', { name: 'later' });
    expect((await stream.next()).data.auditEvent.kind).toBe('SCOPE_CREATED');
    expect((await stream.next()).data.auditEvent.detail.name).toBe('later');
    stream.close();
  });
});
