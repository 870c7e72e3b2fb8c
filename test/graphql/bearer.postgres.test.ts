import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DatabaseWithEm, openDatabase } from '../support/database-with-em.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let other: DatabaseWithEm;
beforeAll(async () => {
  server = await startServer();
  other = await openDatabase({ url: server.config.databaseUrl ?? '' });
});
afterAll(async () => {
  await other?.close();
  await server?.close();
});

const waiting = async (): Promise<number> => {
  const sql =
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  const [row] = await other.em().execute<{ n: number }[]>(sql);
  return row?.n ?? 0;
};

it('H143 RFC 6750 §3.1: a running query may finish when its token is revoked, and the next one gets 401', async () => {
  const token = await server.accessToken();
  const query = '{ scopes { name } }';
  const slow = await other.em().transactional(async (tx) => {
    await tx.execute('LOCK TABLE scopes IN ACCESS EXCLUSIVE MODE');
    const running = server.graphql(query, token);
    await expect.poll(waiting, { interval: 20 }).toBe(1);
    const revoke = 'mutation($token: String!) { revokeToken(input: {token: $token}) { revoked } }';
    expect((await server.graphql(revoke, token, { token })).body).toEqual({ data: { revokeToken: { revoked: true } } });
    expect((await server.graphql(query, token)).status).toBe(401);
    return { running };
  });
  const { status, body } = await slow.running;
  expect([status, body.errors]).toEqual([200, undefined]);
  expect((await server.graphql(query, token)).status).toBe(401);
});
