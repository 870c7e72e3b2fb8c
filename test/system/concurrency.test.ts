import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { mutate } from '../graphql/mutate.ts';
import { type TestUser, unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startServer();
  admin = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(() => server.close());

const AT_ONCE = 50;
/** 1000 requests if the database can execute them concurrently. */
const ROUNDS = inject('databases').kind === 'postgres' ? 20 : 4;
const atOnce = <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(index)));

/** Retries while all connections are in use, as a client would. This can happen on a busy machine. */
async function retryWhileBusy(work: () => ReturnType<typeof mutate>): ReturnType<typeof mutate> {
  for (;;) {
    const response = await work();
    if (response !== 'SERVICE_UNAVAILABLE') return response;
    await pause(500);
  }
}

/** The number of successful mutations, and the error codes of the others. */
async function tally(name: string, selection: string, input: (index: number) => Record<string, unknown>) {
  const responses = await atOnce((index) => retryWhileBusy(() => mutate(server, admin, name, input(index), selection)));
  const done = responses.filter(({ errors }) => errors.length === 0).length;
  return [done, new Set(responses.flatMap(({ errors }) => errors.map(({ code }: { code: string }) => code)))];
}

describe('Fifty concurrent requests for the same name', () => {
  it('N269: one request succeeds, and the others get TAKEN', async () => {
    const name = unique('wanted');
    const users = await tally('createUser', 'user { id }', (index) => ({
      username: index % 2 === 0 ? name : name.toUpperCase(),
    }));
    const emails = await tally('createUser', 'user { id }', (index) => ({
      username: `${name}-${index}`,
      email: `${name}@example.com`,
    }));
    const groups = await tally('createGroup', 'group { id }', () => ({ name }));
    const scopes = await tally('createScope', 'scope { name }', () => ({ name: `${name}:read`, description: 'Read' }));
    expect([users, emails, groups, scopes]).toEqual(Array(4).fill([1, new Set(['TAKEN'])]));
    expect(server.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });

  it('N269: clients have generated ids, so several can share a name', async () => {
    const input = { name: 'The same for all', grantTypes: ['client_credentials'] };
    const selection = 'client { clientId } clientSecret';
    const responses = await atOnce(() =>
      retryWhileBusy(() => mutate(server, admin, 'registerClient', input, selection)),
    );
    expect(new Set(responses.map(({ client }) => client.clientId)).size).toBe(AT_ONCE);
    expect(new Set(responses.map(({ clientSecret }) => clientSecret)).size).toBe(AT_ONCE);
  });
});

describe('Concurrent requests', () => {
  it('N272: fifty requests at once of twenty users never return data of another user', async () => {
    const client = await server.client();
    const users: { readonly user: TestUser; readonly token: string }[] = [];
    for (let index = 0; index < 20; index++) {
      const user = await server.user({ firstName: unique('first'), permissions: [] });
      users.push({ user, token: await server.accessToken({ client, user }) });
    }
    const query =
      '{ viewer { sub username email groups { nodes { members { nodes { username } } } } } token { user { id } } }';
    const seen = new Map<string, Set<string>>();
    for (let round = 0; round < ROUNDS; round++) {
      const responses = await atOnce((index) => {
        const owner = users[(index * 7 + round) % users.length]!;
        return server.graphql(query, owner.token).then(({ status, body }) => ({ owner, status, body }));
      });
      for (const { owner, status, body } of responses) {
        expect(status).toBe(200);
        const bodies = seen.get(owner.user.id) ?? new Set();
        seen.set(owner.user.id, bodies.add(JSON.stringify(body)));
      }
    }
    expect(seen.size).toBe(20);
    for (const { user } of users) {
      const [body, ...others] = [...(seen.get(user.id) ?? [])];
      expect(others).toEqual([]);
      expect(JSON.parse(body ?? '').data).toEqual({
        viewer: {
          ...{ sub: user.id, username: user.username, email: user.email },
          groups: { nodes: [{ members: { nodes: [{ username: user.username }] } }] },
        },
        token: { user: { id: user.id } },
      });
    }
  });
});
