import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addGroupMember } from '../../src/directory/group-members.ts';
import { createGroup } from '../../src/directory/groups.ts';
import { registerUser } from '../../src/directory/register-user.ts';
import { prefixedId } from '../../src/store/prefixed-id.ts';
import { theOperator, unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { countStatements } from './statements.ts';

const MANY = 100;

let server: TestServer;
let token: string;
const groups: string[] = [];
const users: string[] = [];

/** 100 users in 100 groups. Each user is in ten groups, and two groups contain all users. */
beforeAll(async () => {
  server = await startServer();
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
  const em = server.database.em();
  for (let at = 0; at < MANY; at += 1) {
    groups.push((await createGroup(em, theOperator(), { name: unique(`group${at}`) })).id);
    users.push((await registerUser(em, theOperator(), { username: unique(`user${at}`) })).id);
  }
  for (const [at, user] of users.entries()) {
    const joined = new Set([0, 1, ...Array.from({ length: 8 }, (_, step) => (at + step * 7) % MANY)]);
    for (const index of joined) await addGroupMember(server.database.em(), theOperator(), groups[index] ?? '', user);
  }
}, 120_000);
afterAll(() => server?.close());

interface Page {
  readonly nodes: { readonly id: string }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

async function page(args: string, list = 'users'): Promise<Page> {
  const document = `{ ${list}(${args}) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
  const { status, body } = await server.graphql(document, token);
  expect(status).toBe(200);
  expect(body.errors).toBeUndefined();
  return body.data[list];
}

describe('Statements per list (no N+1)', () => {
  it.each([
    ['users with their groups', 'users(first: 100) { nodes { username groups(first: 39) { nodes { name } } } }', 3],
    ['groups with their members', 'groups(first: 39) { nodes { name members(first: 100) { nodes { username } } } }', 3],
    [
      'three levels of ten',
      'groups(first: 10) { nodes { members(first: 10) { nodes { groups(first: 5) { nodes { id } } } } } }',
      4,
    ],
    [
      'users under two aliases',
      'users(first: 100) { nodes { a: groups(first: 2) { nodes { id } } b: groups(last: 2) { nodes { id } } } }',
      4,
    ],
    ['clients with owners and secrets', 'clients { nodes { name owner { username } secrets { label } } }', 4],
    [
      'the audit trail with actors and clients',
      'auditEvents(first: 100) { nodes { kind actor { username } client { name } } }',
      4,
    ],
  ])('T6 %s need only a few statements', async (_name, selection, most) => {
    let body: { errors?: unknown; data?: unknown } = {};
    const statements = await countStatements(server.database, async () => {
      body = (await server.graphql(`{ ${selection} }`, token)).body;
    });
    expect(body.errors).toBeUndefined();
    expect(statements).toBeLessThanOrEqual(most);
  });

  it('batched loads return the right groups of each user and members of each group', async () => {
    type Node = { id: string; groups: { nodes: Node[] }; members: { nodes: Node[] } };
    const people = await server.graphql(
      '{ users(first: 100) { nodes { id groups(first: 39) { nodes { id } } } } }',
      token,
    );
    const teams: Node[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const args: string = `first: 39${after && `, after: "${after}"`}`;
      const document = `{ groups(${args}) { nodes { id members(first: 100) { nodes { id } } } pageInfo { hasNextPage endCursor } } }`;
      const { nodes, pageInfo } = (await server.graphql(document, token)).body.data.groups;
      teams.push(...nodes);
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    }
    const fromPeople = people.body.data.users.nodes.flatMap((user: Node) =>
      user.groups.nodes.map(({ id }) => `${id} ${user.id}`),
    );
    const shown = new Set(people.body.data.users.nodes.map(({ id }: Node) => id));
    const fromTeams = teams
      .flatMap((group) => group.members.nodes.map(({ id }) => ({ id, pair: `${group.id} ${id}` })))
      .filter(({ id }: { id: string }) => shown.has(id))
      .map(({ pair }: { pair: string }) => pair);
    expect(fromPeople.length).toBeGreaterThan(500);
    expect(fromTeams.sort()).toEqual(fromPeople.sort());
  });
});

describe('Relay connections with keyset cursors', () => {
  it('forward paging returns every entry exactly once', async () => {
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const { nodes, pageInfo }: Page = await page(`first: 30${after ? `, after: "${after}"` : ''}`);
      expect(pageInfo.hasPreviousPage).toBe(after !== '');
      seen.push(...nodes.map(({ id }) => id));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    }
    expect(seen).toHaveLength(MANY + 1);
    expect(new Set(seen).size).toBe(MANY + 1);
    // Ids created in the same millisecond are in no order, but their creation times are.
    expect(seen.slice(1)).toEqual(expect.arrayContaining(users.map((id) => prefixedId('usr', id))));
  });

  it('backward paging returns the same list', async () => {
    const forward = [...(await page('first: 100')).nodes, ...(await page(`last: 1`)).nodes].map(({ id }) => id);
    const seen: string[] = [];
    for (let before: string | null = ''; before !== null; ) {
      const { nodes, pageInfo }: Page = await page(`last: 30${before ? `, before: "${before}"` : ''}`);
      expect(pageInfo.hasNextPage).toBe(before !== '');
      seen.unshift(...nodes.map(({ id }) => id));
      before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
    }
    expect(seen).toEqual(forward);
  });

  it('new entries do not disturb paging, and the default page size is 20', async () => {
    const first = await page('first: 10');
    await server.user();
    const second = await page(`first: 10, after: "${first.pageInfo.endCursor}"`);
    const usual = await server.graphql('{ users { nodes { id } } }', token);
    expect([...first.nodes, ...second.nodes]).toEqual(usual.body.data.users.nodes);
  });

  it('the members of a group can be paged from both ends', async () => {
    const id = prefixedId('grp', groups[0] ?? '');
    const members = async (args: string) =>
      (await server.graphql(`{ group(id: "${id}") { members(${args}) { nodes { id } edges { cursor } } } }`, token))
        .body.data.group.members;
    const all = await members('first: 100');
    const front = await members('first: 3');
    const next = await members(`first: 3, after: "${front.edges[2].cursor}"`);
    const back = await members(`last: 3, before: "${next.edges[0].cursor}"`);
    expect([...front.nodes, ...next.nodes]).toEqual(all.nodes.slice(0, 6));
    expect(back.nodes).toEqual(front.nodes);
  });

  it('audit events are listed newest first', async () => {
    const { body } = await server.graphql('{ auditEvents(first: 100) { nodes { at } } }', token);
    const times = body.data.auditEvents.nodes.map(({ at }: { at: string }) => Date.parse(at));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const oldest = await server.graphql(
      '{ auditEvents(last: 1) { nodes { at } pageInfo { hasPreviousPage hasNextPage } } }',
      token,
    );
    expect(Date.parse(oldest.body.data.auditEvents.nodes[0].at)).toBeLessThanOrEqual(times.at(-1));
    expect(oldest.body.data.auditEvents.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: false });
  });

  it('invalid cursors, and first together with last, are refused', async () => {
    const forged = [
      Buffer.from("2026-01-01T00:00:00.000Z '; --").toString('base64url'),
      'x',
      '',
      'A'.repeat(5000),
      // PostgreSQL rejects these dates, and would fail a statement that serves other requests too.
      ...['2026-99-99', '2026-02-30', '0000-01-01'].map((day) =>
        Buffer.from(`${day}T00:00:00.000Z 01a1fdf7-b2c4-7d2e-8e89-2c6086dd516a`).toString('base64url'),
      ),
    ];
    for (const after of forged) {
      const { status, body } = await server.graphql(
        'query($after: String) { users(after: $after) { nodes { id } } }',
        token,
        { after },
      );
      expect(status).toBe(200);
      expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
    const both = await server.graphql('{ users(first: 1, last: 1) { nodes { id } } }', token);
    expect(both.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});
