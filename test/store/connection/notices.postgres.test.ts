import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await server.accessToken({ scopes: ['groups', 'write'], user: await server.user({ superuser: true }) });
});
afterAll(() => server.close());

async function createGroup(): Promise<void> {
  const mutation = 'mutation($name: String!) { createGroup(input: { name: $name }) { errors { code } } }';
  const { body } = await server.graphql(mutation, token, { name: unique('group') });
  expect(body).toEqual({ data: { createGroup: { errors: [] } } });
}

const groupEvents = "SELECT count(*)::int AS n FROM audit_events WHERE kind = 'group.created'";

/** A session that listens, and the number of events it can read at each notice. */
async function listen(statements: string): Promise<{ client: pg.Client; events: Promise<number>[] }> {
  const client = new pg.Client({ connectionString: server.config.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const events: Promise<number>[] = [];
  client.on('notification', () => events.push(client.query(groupEvents).then(({ rows }) => rows[0].n)));
  await client.query(statements);
  return { client, events };
}

describe('Notices of audit events', () => {
  it('no trigger sends them from within the transaction of the event', async () => {
    const { client } = await listen('SELECT');
    const triggers = "SELECT FROM pg_trigger WHERE tgrelid = 'audit_events'::regclass AND NOT tgisinternal";
    expect((await client.query(triggers)).rowCount).toBe(0);
  });

  it('none is sent while no process listens', async () => {
    const { events } = await listen('LISTEN gatehouse_events');
    await createGroup();
    await pause(200);
    expect(events).toEqual([]);
  });

  it('one is sent for many events, after they are committed', async () => {
    const { client, events } = await listen('SELECT pg_advisory_lock_shared(4400440046); LISTEN gatehouse_events');
    const before = (await client.query(groupEvents)).rows[0].n;
    await createGroup();
    await expect.poll(() => events.length).toBeGreaterThan(0);
    expect(await events[0]).toBe(before + 1);

    await pause(100);
    events.length = 0;
    await Promise.all(Array.from({ length: 30 }, createGroup));
    await expect.poll(async () => await events.at(-1), { timeout: 2000 }).toBe(before + 31);
    expect(events.length).toBeLessThan(15);
  });

  it('one is sent after a statement that writes an event as well', async () => {
    const { events } = await listen('SELECT pg_advisory_lock_shared(4400440046); LISTEN gatehouse_events');
    const client = await server.client();
    await pause(200);
    events.length = 0;
    expect((await server.token({ grant_type: 'client_credentials' }, { ...client, secret: 'wrong' })).status).toBe(401);
    await expect.poll(() => events.length).toBe(1);
  });
});
