import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestClient, type TestUser, unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let client: TestClient;
let admin: TestUser;
let token: string;
beforeAll(async () => {
  server = await startServer();
  client = await server.client({
    scope: 'profile read write groups clients',
    defaultScopes: ['read', 'write', 'groups'],
  });
  admin = await server.user({ superuser: true, firstName: 'Ada', lastName: 'Lovelace' });
  token = await server.accessToken({ client, user: admin });
});
afterAll(() => server.close());

/** The data of an operation that must succeed. */
async function data(query: string, variables: Record<string, unknown> = {}, bearer = token) {
  const { status, body } = await server.graphql(query, bearer, variables);
  expect(body.errors).toBeUndefined();
  expect(status).toBe(200);
  return body.data;
}

const CREATE_USER = `mutation ($username: String!, $password: String, $email: String) {
  createUser(input: { username: $username, password: $password, email: $email }) { user { id username } errors { code message path } }
}`;
const signIn = ({ username, password }: { username: string; password: string }) =>
  server.token({ grant_type: 'password', username, password }, client);

describe('An administrator keeps a directory', () => {
  it('S1-03 S1-06 S1-07 creates users and groups, puts users into groups, and the API tells of all of them', async () => {
    const [username, name] = [unique('kim'), unique('Helpers')];
    const { user } = (await data(CREATE_USER, { username, email: `${username}@example.com` })).createUser;
    const { group } = (
      await data('mutation ($name: String!) { createGroup(input: { name: $name }) { group { id } } }', { name })
    ).createGroup;
    const ids = { groupId: group.id, userId: user.id };
    const join =
      'mutation ($groupId: ID!, $userId: ID!) { addGroupMember(input: { groupId: $groupId, userId: $userId }) { group { name } } }';
    expect((await data(join, ids)).addGroupMember.group).toEqual({ name });

    const read = await data(
      `query ($groupId: ID!, $userId: ID!) {
        users(last: 100) { nodes { username } } groups { nodes { name } }
        user(id: $userId) { username email groups { nodes { name } } }
        group(id: $groupId) { name members { nodes { username } } }
      }`,
      ids,
    );
    expect(read.users.nodes).toEqual(expect.arrayContaining([{ username: admin.username }, { username }]));
    expect(read.groups.nodes).toContainEqual({ name });
    expect(read.user).toEqual({ username, email: `${username}@example.com`, groups: { nodes: [{ name }] } });
    expect(read.group).toEqual({ name, members: { nodes: [{ username }] } });

    const leave = join.replace('addGroupMember', 'removeGroupMember');
    await data(leave, ids);
    const after = await data('query ($userId: ID!) { user(id: $userId) { groups { nodes { name } } } }', ids);
    expect(after.user.groups.nodes).toEqual([]);
  });

  it('S1-05 shows username, e-mail address, first and last name of a user, and never a hash', async () => {
    const fields = 'username email firstName lastName';
    const { user } = await data(`query ($id: ID!) { user(id: $id) { ${fields} } }`, { id: admin.id });
    expect(user).toEqual({ username: admin.username, email: admin.email, firstName: 'Ada', lastName: 'Lovelace' });
    for (const guess of ['passwordHash', 'password', 'hash']) {
      const { status, body } = await server.graphql(`{ users { nodes { ${guess} } } }`, token);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain('argon2');
    }
  });

  it('S1-04 creates, reads, changes and deletes a client for the password grant', async () => {
    const bearer = await server.accessToken({ client, user: admin, scopes: ['clients', 'read'] });
    const create = `mutation ($name: String!) {
      registerClient(input: { name: $name, grantTypes: [password, refresh_token], scope: "read write groups" }) {
        client { clientId } clientSecret errors { message }
      }
    }`;
    const { client: made, clientSecret } = (await data(create, { name: 'Notes' }, bearer)).registerClient;
    const { clientId } = made;
    const signInThere = () =>
      server.token(
        { grant_type: 'password', username: admin.username, password: admin.password },
        { clientId, secret: clientSecret },
      );
    expect((await signInThere()).body.scope).toBe('read write groups');

    const read = 'query ($clientId: String!) { client(clientId: $clientId) { name grantTypes owner { username } } }';
    const grantTypes = ['password', 'refresh_token'];
    const owner = { username: admin.username };
    expect((await data(read, { clientId }, bearer)).client).toEqual({ name: 'Notes', grantTypes, owner });
    const rename =
      'mutation ($clientId: String!) { updateClient(input: { clientId: $clientId, name: "Diary" }) { client { name } } }';
    expect((await data(rename, { clientId }, bearer)).updateClient.client).toEqual({ name: 'Diary' });
    const remove = 'mutation ($clientId: String!) { deleteClient(input: { clientId: $clientId }) { deletedClientId } }';
    expect((await data(remove, { clientId }, bearer)).deleteClient).toEqual({ deletedClientId: clientId });
    expect((await data(read, { clientId }, bearer)).client).toBeNull();
    expect((await signInThere()).status).toBe(401);
  });
});

describe('An app with a token of the default scopes', () => {
  it('S1-13 lists users, reads one, lists groups and creates a user', async () => {
    const { users, groups } = await data('{ users { nodes { id username } } groups { nodes { name } } }');
    expect(groups.nodes).toEqual(expect.any(Array));
    const one = users.nodes.find(({ username }: { username: string }) => username === admin.username);
    expect((await data('query ($id: ID!) { user(id: $id) { username } }', { id: one.id })).user).toEqual({
      username: admin.username,
    });
    const foo = { username: unique('foo'), password: 'bar-bar-bar' };
    const { createUser } = await data(CREATE_USER, foo);
    expect(createUser).toEqual({ user: { id: expect.stringMatching(/^usr_/), username: foo.username }, errors: [] });
  });

  it('S1-14 creates a user who can sign in with that password, which is kept as a hash', async () => {
    const foo = { username: unique('foo'), password: 'bar-bar-bar' };
    await data(CREATE_USER, foo);
    expect((await signIn(foo)).status).toBe(200);
    expect((await signIn({ ...foo, password: 'bar-bar-baz' })).status).toBe(400);
    const browser = server.browser();
    const home = await browser.submit(await browser.get('/login'), foo);
    expect(home.html).toContain(foo.username);

    const [row] = await server.database
      .em()
      .execute<{ hash: string }[]>('SELECT password_hash AS hash FROM users WHERE username = ?', [foo.username]);
    expect(row?.hash).toMatch(/^\$argon2id\$/);
    expect(row?.hash).not.toContain(foo.password);
  });
});

describe('Where they disagree: `me`', () => {
  it('S2-08 asks who is there: `viewer` is what others call me, and needs profile', async () => {
    const [person, query] = [await server.user(), '{ viewer { id username } }'];
    const bearer = await server.accessToken({ client, user: person, scopes: ['profile'] });
    expect(await data(query, {}, bearer)).toEqual({ viewer: { id: person.id, username: person.username } });

    const without = await server.accessToken({ client, user: person, scopes: ['groups'] });
    const refused = await server.graphql(query, without);
    expect(refused).toMatchObject({
      status: 403,
      body: { errors: [{ extensions: { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['profile'] } }] },
    });
    expect((await server.graphql('{ me { id } }', bearer)).status).toBe(400);
  });
});

describe('Where they disagree: success status', () => {
  it('is 200 for a token, for what was read and for what was created', async () => {
    const answers = [
      await signIn(admin),
      await server.token({ grant_type: 'client_credentials' }, client),
      await server.graphql('{ groups { nodes { name } } }', token),
      await server.graphql(CREATE_USER, token, { username: unique('foo'), password: 'bar-bar-bar' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe('Where they disagree: passwords', () => {
  it('the documented `bar` gets a readable refusal and no account', async () => {
    const foo = { username: unique('foo'), password: 'bar' };
    expect((await data(CREATE_USER, foo)).createUser).toEqual({
      user: null,
      errors: [{ code: 'INVALID', message: 'A password needs at least 8 characters', path: ['input', 'password'] }],
    });
    expect((await signIn(foo)).status).toBe(400);
    expect((await data(CREATE_USER, { ...foo, password: 'bar-bar-' })).createUser.errors).toEqual([]);
  });

  it('an e-mail address may be left out, and so may the password', async () => {
    const username = unique('plain');
    const { user, errors } = (await data(CREATE_USER, { username })).createUser;
    expect({ username: user.username, errors }).toEqual({ username, errors: [] });
    expect((await data('query ($id: ID!) { user(id: $id) { email } }', user)).user).toEqual({ email: null });
    expect((await signIn({ username, password: 'anything at all' })).status).toBe(400);
  });
});
