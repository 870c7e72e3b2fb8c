import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DatabaseWithEm, openDatabase } from '../../support/database-with-em.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let other: DatabaseWithEm;
let client: TestClient;
let token: string;
beforeAll(async () => {
  server = await startServer();
  other = await openDatabase({ url: server.config.databaseUrl ?? '' });
  client = await server.client();
  token = await server.accessToken({ client, user: await server.user({ superuser: true }) });
});
afterAll(async () => {
  await other?.close();
  await server?.close();
});

/** Runs `work` while another connection locks the audit trail. */
const whileLocked = <T>(work: () => Promise<T>): Promise<T> =>
  other.em().transactional(async (tx) => {
    await tx.execute('LOCK TABLE audit_events IN ACCESS EXCLUSIVE MODE');
    return work();
  });

const waitingForTheLock = async (): Promise<number> => {
  const sql =
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  const [row] = await other.em().execute<{ n: number }[]>(sql);
  return row?.n ?? -1;
};

const events = (count: number): string =>
  `{ ${Array.from({ length: count }, (_, at) => `a${at}: auditEvents(first: ${at + 1}) { nodes { id } }`).join(' ')} }`;

describe('Connections that GraphQL uses', () => {
  it('one operation runs at most three statements at a time', async () => {
    let response: Promise<unknown> | undefined;
    await whileLocked(async () => {
      response = server.graphql(events(15), token);
      await expect.poll(waitingForTheLock).toBe(3);
      await server.graphql('{ users { nodes { id } } }', token);
      expect(await waitingForTheLock()).toBe(3);
    });
    expect(await response).toMatchObject({ status: 200 });
  });

  it('all operations together use four connections, and the token endpoint is served', async () => {
    let responses: Promise<{ status: number }>[] = [];
    await whileLocked(async () => {
      responses = Array.from({ length: 8 }, () => server.graphql(events(3), token));
      await expect.poll(waitingForTheLock).toBe(4);
      const tokens = await Promise.all(
        Array.from({ length: 20 }, () => server.token({ grant_type: 'client_credentials', scope: 'read' }, client)),
      );
      expect(tokens.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(await waitingForTheLock()).toBeLessThanOrEqual(4);
    });
    for (const { status } of await Promise.all(responses)) expect([200, 503]).toContain(status);
    expect((await server.graphql(events(3), token)).body.errors).toBeUndefined();
  });

  it('a mutation counts as well', async () => {
    let responses: Promise<unknown>[] = [];
    await whileLocked(async () => {
      responses = Array.from({ length: 8 }, (_, at) =>
        server.graphql(`mutation { createGroup(input: {name: "held${at}"}) { errors { code } } }`, token),
      );
      await expect.poll(waitingForTheLock).toBe(4);
      expect((await server.token({ grant_type: 'client_credentials', scope: 'read' }, client)).status).toBe(200);
    });
    await Promise.all(responses);
    expect((await server.graphql('{ users { nodes { id } } }', token)).status).toBe(200);
  });
});
