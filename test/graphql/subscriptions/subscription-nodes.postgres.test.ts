import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../../src/crypto/secrets.ts';
import { AccessToken } from '../../../src/store/entities/access-token.ts';
import { migratedDatabase, type TestDatabase } from '../../support/database.ts';
import { type EventStream, nextChange, subscribe } from '../../support/event-stream.ts';
import { registerTestUser, type TestUser, unique } from '../../support/fixtures.ts';
import { type Nodes, startNodes } from '../../support/nodes.ts';

const ROUNDS = 50;

let home: TestDatabase;
let nodes: Nodes;
let admin: TestUser;
let adminToken: string;
beforeAll(async () => {
  home = await migratedDatabase();
  nodes = await startNodes(home.env);
  admin = await registerTestUser(nodes.database, { superuser: true });
  adminToken = await tokenOf(admin);
});
afterAll(async () => {
  await nodes?.stop();
  await home?.remove();
});

async function tokenOf({ username, password }: TestUser): Promise<string> {
  const { status, body } = await nodes.post(0, '/oauth/token', { grant_type: 'password', username, password });
  expect(status).toBe(200);
  return body.access_token;
}

async function mutateOnA(name: string, input: Record<string, unknown>): Promise<void> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation($input: ${type}!) { ${name}(input: $input) { errors { code } } }`;
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${adminToken}` };
  const body = JSON.stringify({ query, variables: { input } });
  const response = await nodes.request(0, '/graphql', { method: 'POST', headers, body });
  expect(await response.json()).toEqual(expect.objectContaining({ data: { [name]: { errors: [] } } }));
}

const watchOnB = async (token: string): Promise<EventStream> => {
  const stream = await subscribe(nodes.address(1), token);
  expect(stream.status).toBe(200);
  return stream;
};

/** Milliseconds from the end of `end` to the end of the stream. */
async function endAfter(stream: EventStream, end: () => Promise<unknown>): Promise<number> {
  await end();
  const done = performance.now();
  const ended = (await stream.ended) - done;
  expect(stream.text).toContain('"code":"UNAUTHENTICATED"');
  expect(stream.text).toMatch(/event: complete\n/);
  return ended;
}

describe('A subscription on one node, with changes on another', () => {
  it(`the subscription ends within a second after its token is revoked, in ${ROUNDS} of ${ROUNDS} rounds`, async () => {
    const took: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const token = await tokenOf(admin);
      const stream = await watchOnB(token);
      const revoked = async () => expect((await nodes.post(0, '/oauth/revoke', { token })).status).toBe(200);
      took.push(await endAfter(stream, revoked));
    }
    const longest = Math.max(...took);
    console.info(
      `Ended after ${longest.toFixed(0)} ms at most, ${took.toSorted((a, b) => a - b)[ROUNDS / 2]?.toFixed(0)} ms at the median`,
    );
    expect(longest).toBeLessThan(1000);
  });

  it('the subscription ends within a second after its user is disabled, deleted, or loses the authorization', async () => {
    const { client, database } = nodes;
    const person = async () => {
      const user = await registerTestUser(database, {});
      return { user, stream: await watchOnB(await tokenOf(user)) };
    };
    const disabled = await person();
    const renewed = await person();
    const withdrawn = await person();
    const deleted = await person();
    const took = [
      await endAfter(disabled.stream, () => mutateOnA('updateUser', { id: disabled.user.id, disabled: true })),
      await endAfter(renewed.stream, () =>
        mutateOnA('setPassword', { id: renewed.user.id, password: unique('another') }),
      ),
      await endAfter(withdrawn.stream, () =>
        mutateOnA('revokeAuthorization', { clientId: client.clientId, userId: withdrawn.user.id }),
      ),
      await endAfter(deleted.stream, () => mutateOnA('deleteUser', { id: deleted.user.id })),
    ];
    for (const milliseconds of took) expect(milliseconds).toBeLessThan(1000);
  });

  it('the subscription ends within a second after its token expires', async () => {
    const token = await tokenOf(admin);
    const stream = await watchOnB(token);
    const expiry = new Date(Date.now() + 1500);
    await nodes.database.em().nativeUpdate(AccessToken, { digest: digest(token) }, { expiresAt: expiry });
    await stream.ended;
    expect(Date.now() - expiry.getTime()).toBeLessThan(1000);
    expect(Date.now()).toBeGreaterThanOrEqual(expiry.getTime());
  });

  it('the subscription receives every event once, even if its LISTEN connection is terminated repeatedly', async () => {
    const stream = await watchOnB(adminToken);
    const names = Array.from({ length: 40 }, () => unique('event'));
    for (const [at, name] of names.entries()) {
      await mutateOnA('createGroup', { name });
      if (at % 5 === 0)
        await nodes.database
          .em()
          .execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'",
          );
      if (at % 10 === 0) await pause(100);
    }
    const received: string[] = [];
    while (received.length < names.length) {
      const { auditEvent } = (await stream.next()).data;
      if (auditEvent.kind === 'GROUP_CREATED') received.push(auditEvent.detail.name);
    }
    expect(received).toEqual(names);
    stream.close();
  });

  it('the subscription receives every event and ends in time, even without notifications', async () => {
    const token = await tokenOf(admin);
    const stream = await watchOnB(token);
    const name = unique('unnotified');
    // Written by a statement that no node knows of, as if the notice had been lost.
    await nodes.database
      .em()
      .execute(
        `INSERT INTO audit_events (id, at, kind, detail) VALUES (gen_random_uuid(), now(), 'group.created', ?)`,
        [JSON.stringify({ name })],
      );
    const done = performance.now();
    expect((await nextChange(stream)).data.auditEvent.detail.name).toBe(name);
    expect(performance.now() - done).toBeLessThan(1500);
    expect(await endAfter(stream, () => nodes.post(0, '/oauth/revoke', { token }))).toBeLessThan(1000);
  });

  it('the subscription ends with SERVICE_UNAVAILABLE when its process shuts down', async () => {
    const stream = await watchOnB(adminToken);
    const signalled = performance.now();
    nodes.processes[1]?.kill('SIGTERM');
    expect((await stream.ended) - signalled).toBeLessThan(1000);
    expect(await nodes.processes[1]?.exit).toBe(0);
    expect(stream.text).toContain('"code":"SERVICE_UNAVAILABLE"');
    expect(stream.text).toMatch(/event: complete\n/);
    expect(nodes.processes[1]?.stderr).not.toContain('"level":50');
    await nodes.restart(1);
  });
});
