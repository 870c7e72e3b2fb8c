import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestClient, type TestUser, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

let server: TestServer;
let client: TestClient;
let user: TestUser;
let token: string;
beforeAll(async () => {
  server = await startServer();
  client = await server.client();
  user = await server.user();
  token = await server.accessToken({ client, user: await server.user({ superuser: true }) });
});
afterAll(() => server?.close());

const GROUP = 'group { id name permissions members { nodes { id } } }';
const create = async (permissions: string[] = []) =>
  (await mutate(server, token, 'createGroup', { name: unique('group'), permissions }, GROUP)).group;

describe('GraphQL: groups', () => {
  it('a group can be created, found, renamed and deleted', async () => {
    const name = unique('Group');
    const made = await mutate(server, token, 'createGroup', { name, permissions: ['READ_AUDIT', 'READ_AUDIT'] }, GROUP);
    expect(made.group).toMatchObject({ name, permissions: ['READ_AUDIT'], members: { nodes: [] } });
    const { id } = made.group;
    expect((await server.graphql(`{ group(id: "${id}") { name } }`, token)).body.data.group).toEqual({ name });
    const renamed = await mutate(server, token, 'updateGroup', { id, name: `${name} 2` }, GROUP);
    expect(renamed.group).toMatchObject({ name: `${name} 2`, permissions: ['READ_AUDIT'] });
    expect((await mutate(server, token, 'deleteGroup', { id }, 'deletedGroupId')).deletedGroupId).toBe(id);
    expect((await server.graphql(`{ group(id: "${id}") { name } }`, token)).body.data.group).toBeNull();
    for (const verb of ['updateGroup', 'deleteGroup'])
      expect((await mutate(server, token, verb, { id })).errors).toMatchObject([
        { code: 'NOT_FOUND', path: ['input', 'id'] },
      ]);
  });

  it('269: names of groups are unique, ignoring case', async () => {
    const name = unique('Taken');
    const results = await Promise.all(
      [name, name.toLowerCase(), name.toUpperCase()].map((spelt) =>
        mutate(server, token, 'createGroup', { name: spelt }, GROUP),
      ),
    );
    expect(results.filter(({ group }) => group)).toHaveLength(1);
    const other = await create();
    expect((await mutate(server, token, 'updateGroup', { id: other.id, name })).errors).toMatchObject([
      { code: 'TAKEN', path: ['input', 'name'] },
    ]);
    for (const wrong of ['', ' ', 'a\u0007b', 'x'.repeat(151)])
      expect((await mutate(server, token, 'createGroup', { name: wrong })).errors).toMatchObject([{ code: 'INVALID' }]);
  });

  it('adding a member twice and removing one twice are not errors', async () => {
    const { id } = await create();
    const input = { groupId: id, userId: user.id };
    for (let times = 0; times < 2; times += 1) {
      const added = await mutate(server, token, 'addGroupMember', input, `${GROUP} user { groups { nodes { id } } }`);
      expect(added.group.members.nodes).toEqual([{ id: user.id }]);
      expect(added.user.groups.nodes).toContainEqual({ id });
    }
    for (let times = 0; times < 2; times += 1)
      expect((await mutate(server, token, 'removeGroupMember', input, GROUP)).group.members.nodes).toEqual([]);
    expect((await mutate(server, token, 'addGroupMember', { ...input, userId: 'usr_x' })).errors).toMatchObject([
      { code: 'NOT_FOUND', path: ['input', 'userId'] },
    ]);
    expect((await mutate(server, token, 'addGroupMember', { ...input, groupId: user.id })).errors).toMatchObject([
      { code: 'NOT_FOUND', path: ['input', 'groupId'] },
    ]);
  });

  it('ten concurrent requests can add the same member', async () => {
    const { id } = await create();
    const adding = Array.from({ length: 10 }, () =>
      mutate(server, token, 'addGroupMember', { groupId: id, userId: user.id }, GROUP),
    );
    for (const { group, errors } of await Promise.all(adding)) {
      expect(errors).toEqual([]);
      expect(group.members.nodes).toEqual([{ id: user.id }]);
    }
  });

  it('I155: a membership grants and removes permissions at once, and never adds a scope to a token', async () => {
    const { id } = await create(['MANAGE_GROUPS']);
    const all = await server.accessToken({ client, user });
    const few = await server.accessToken({ client, user, scopes: ['groups'] });
    const attempt = (bearer: string) => mutate(server, bearer, 'createGroup', { name: unique('mine') });
    expect(await attempt(all)).toBe('FORBIDDEN');
    await mutate(server, token, 'addGroupMember', { groupId: id, userId: user.id });
    expect((await attempt(all)).errors).toEqual([]);
    expect(await attempt(few)).toBe('INSUFFICIENT_SCOPE');
    await mutate(server, token, 'removeGroupMember', { groupId: id, userId: user.id });
    expect(await attempt(all)).toBe('FORBIDDEN');
    await mutate(server, token, 'addGroupMember', { groupId: id, userId: user.id });
    await mutate(server, token, 'deleteGroup', { id });
    expect(await attempt(all)).toBe('FORBIDDEN');
  });
});
