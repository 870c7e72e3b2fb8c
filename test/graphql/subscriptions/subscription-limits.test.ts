import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIT_EVENT, addressOf, type EventStream, nextChange, subscribe } from '../../support/event-stream.ts';
import { type TestUser, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';
import { countStatements } from '../statements.ts';

let server: TestServer;
let admin: TestUser;
let token: string;
beforeAll(async () => {
  server = await startServer();
  admin = await server.user({ superuser: true });
  token = await server.accessToken({ user: admin });
});
afterAll(() => server?.close());

const watch = (bearer = token, query?: string): Promise<EventStream> => subscribe(addressOf(server), bearer, query);

const atOnce = (count: number, bearer?: string): Promise<EventStream[]> =>
  Promise.all(Array.from({ length: count }, () => watch(bearer)));

/** Waits until the server sends no statements any more. */
const untilIdle = () =>
  expect.poll(() => countStatements(server.database, () => pause(1000)), { timeout: 10_000 }).toBe(0);

describe('Limits of live subscriptions', () => {
  it('a token may have ten subscriptions, and can open another after one is closed', async () => {
    const own = await server.accessToken({ user: await server.user() });
    const streams = await atOnce(10, own);
    expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await watch(own);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect((await refused.next()).errors[0].extensions.code).toBe('TOO_MANY_SUBSCRIPTIONS');

    streams[0]?.close();
    await expect.poll(async () => (await watch(own)).status).toBe(200);
  });

  it('a user may have 50 subscriptions across all tokens', async () => {
    const user = await server.user();
    const client = await server.client();
    for (let tokens = 0; tokens < 5; tokens++)
      for (const { status } of await atOnce(10, await server.accessToken({ user, client }))) expect(status).toBe(200);
    expect((await watch(await server.accessToken({ user, client }))).status).toBe(429);
    // Other users are not affected.
    expect((await watch()).status).toBe(200);
  });

  it('all subscriptions share one poll and one read per event, and an idle server does not poll', async () => {
    await server.close();
    server = await startServer();
    admin = await server.user({ superuser: true });
    token = await server.accessToken({ user: admin });
    const streams = await atOnce(8);
    await pause(500);
    const idle = await countStatements(server.database, () => pause(2000));
    expect(idle).toBeLessThanOrEqual(2 * 3);

    const name = unique('seen');
    const statements = await countStatements(server.database, async () => {
      await server.database
        .em()
        .execute(
          `INSERT INTO audit_events (id, at, kind, actor_id, detail) VALUES (gen_random_uuid(), now(), 'group.created', '${admin.uuid}', jsonb_build_object('name', '${name}'))`,
        );
      for (const stream of streams)
        expect((await nextChange(stream)).data.auditEvent).toMatchObject({ actor: { id: admin.id }, detail: { name } });
    });
    // At most two polls of two statements, one read of the event and one of its actor.
    expect(statements).toBeLessThanOrEqual(2 * 2 + 1 + 1);

    for (const { close } of streams) close();
    await untilIdle();
  });

  it('a subscription sends comments while there are no events', async () => {
    const stream = await watch();
    await expect.poll(() => stream.text.match(/^:$/gm)?.length ?? 0).toBeGreaterThan(1);
    expect(stream.headers['x-accel-buffering']).toBe('no');
    stream.close();
  });

  it('L229 a subscription that is not read is ended, and queues at most 1000 events', async () => {
    const reading = await watch();
    const stream = await watch(token, 'subscription { auditEvent { detail } }');
    stream.pause();
    const long = `repeat(md5(n::text), 250)`;
    await server.database.em().execute(
      `INSERT INTO audit_events (id, at, kind, detail)
       SELECT gen_random_uuid(), now(), 'group.created', jsonb_build_object('name', ${long}) FROM generate_series(1, 3000) n`,
    );
    for (let read = 0; read < 3000; read++) expect((await reading.next()).data).toBeDefined();
    stream.resume();
    await stream.ended;
    expect(stream.text).toContain('"code":"TOO_SLOW"');
    expect(stream.text.match(/^event: next$/gm)?.length).toBeLessThan(3000);
    reading.close();
  });

  it('K224 500 subscriptions that are closed at once leave nothing behind', async () => {
    for (let round = 0; round < 50; round++) {
      const streams = await Promise.all(
        Array.from({ length: 10 }, () => watch(token, AUDIT_EVENT).catch(() => undefined)),
      );
      for (const stream of streams) stream?.close();
    }
    await untilIdle();
    expect((await atOnce(10)).map(({ status }) => status)).toEqual(Array(10).fill(200));
  });

  it('events of mutations in other files reach a subscription', async () => {
    const own = await watch(await server.accessToken({ user: admin }));
    await mutate(server, token, 'createScope', { name: 'seen:read', description: 'See' });
    const next = async (): Promise<string> => (await nextChange(own)).data.auditEvent.kind;
    let kind = await next();
    // The client of the token was registered just before, so the subscription may receive that event first.
    if (kind === 'CLIENT_CREATED') kind = await next();
    expect(kind).toBe('SCOPE_CREATED');
    own.close();
  });
});
