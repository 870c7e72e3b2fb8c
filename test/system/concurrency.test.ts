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
/** A thousand requests, where they are really answered at the same time. */
const ROUNDS = inject('databases').kind === 'postgres' ? 20 : 4;
const atOnce = <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: AT_ONCE }, (_, index) => work(index)));

/** Told that all connections are in use, which a machine with much else to do may say, it asks again as any client would. */
async function persist(work: () => ReturnType<typeof mutate>): ReturnType<typeof mutate> {
  for (;;) {
    const answer = await work();
    if (answer !== 'SERVICE_UNAVAILABLE') return answer;
    await pause(500);
  }
}

/** How often the mutation did it, and what the others were told. */
async function tally(name: string, selection: string, input: (index: number) => Record<string, unknown>) {
  const answers = await atOnce((index) => persist(() => mutate(server, admin, name, input(index), selection)));
  const done = answers.filter(({ errors }) => errors.length === 0).length;
  return [done, new Set(answers.flatMap(({ errors }) => errors.map(({ code }: { code: string }) => code)))];
}

describe('Fifty at once who want the same name', () => {
  it('N269: one gets it, the others are told that it is taken, and nothing fails', async () => {
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

  it('N269: clients have ids of their own, so any number may share a name', async () => {
    const input = { name: 'The same for all', grantTypes: ['client_credentials'] };
    const selection = 'client { clientId } clientSecret';
    const answers = await atOnce(() => persist(() => mutate(server, admin, 'registerClient', input, selection)));
    expect(new Set(answers.map(({ client }) => client.clientId)).size).toBe(AT_ONCE);
    expect(new Set(answers.map(({ clientSecret }) => clientSecret)).size).toBe(AT_ONCE);
  });
});

describe('Requests that are answered at the same time', () => {
  it('N272: fifty at a time, of twenty people, and nobody is shown another’s', async () => {
    const client = await server.client();
    const people: { readonly user: TestUser; readonly token: string }[] = [];
    for (let index = 0; index < 20; index++) {
      const user = await server.user({ firstName: unique('first'), permissions: [] });
      people.push({ user, token: await server.accessToken({ client, user }) });
    }
    const question =
      '{ viewer { id username email groups { nodes { members { nodes { username } } } } } token { user { id } } }';
    const seen = new Map<string, Set<string>>();
    for (let round = 0; round < ROUNDS; round++) {
      const answers = await atOnce((index) => {
        const person = people[(index * 7 + round) % people.length]!;
        return server.graphql(question, person.token).then(({ status, body }) => ({ person, status, body }));
      });
      for (const { person, status, body } of answers) {
        expect(status).toBe(200);
        const told = seen.get(person.user.id) ?? new Set();
        seen.set(person.user.id, told.add(JSON.stringify(body)));
      }
    }
    expect(seen.size).toBe(20);
    for (const { user } of people) {
      const [body, ...others] = [...(seen.get(user.id) ?? [])];
      expect(others).toEqual([]);
      expect(JSON.parse(body ?? '').data).toEqual({
        viewer: {
          ...{ id: user.id, username: user.username, email: user.email },
          groups: { nodes: [{ members: { nodes: [{ username: user.username }] } }] },
        },
        token: { user: { id: user.id } },
      });
    }
  });
});
