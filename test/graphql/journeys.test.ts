import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestClient, type TestUser, unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import {
  ClientDocument,
  DeleteClientDocument,
  RegisterClientDocument,
  UpdateClientDocument,
} from './client-journey.generated.ts';
import {
  AddGroupMemberDocument,
  CreateGroupDocument,
  CreateUserDocument,
  type CreateUserInput,
  DirectoryDocument,
  MembershipDocument,
  PersonDocument,
  RemoveGroupMemberDocument,
  ViewerDocument,
} from './journey.generated.ts';
import { dataOf } from './typed-result.ts';

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

/** Runs an operation that must succeed and returns its data. */
const data = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  bearer = token,
): Promise<Data> => dataOf(server, bearer, document, variables);

const create = async (input: CreateUserInput) => (await data(CreateUserDocument, { input })).createUser;
const signIn = ({ username, password }: { username: string; password: string }) =>
  server.token({ grant_type: 'password', username, password }, client);

describe('An administrator manages the directory', () => {
  it('S1-03 S1-06 S1-07 an administrator creates users and groups, and the API returns them', async () => {
    const [username, name] = [unique('kim'), unique('Helpers')];
    const created = await create({ username, email: `${username}@example.com` });
    const { createGroup } = await data(CreateGroupDocument, { input: { name } });
    const ids = { groupId: createGroup?.group?.id ?? '', userId: created?.user?.id ?? '' };
    const { addGroupMember } = await data(AddGroupMemberDocument, { input: ids });
    expect(addGroupMember?.group).toEqual({ name });

    const read = await data(MembershipDocument, ids);
    expect(read.users.nodes).toEqual(expect.arrayContaining([{ username: admin.username }, { username }]));
    expect(read.groups.nodes).toContainEqual({ name });
    expect(read.user).toEqual({ username, email: `${username}@example.com`, groups: { nodes: [{ name }] } });
    expect(read.group).toEqual({ name, members: { nodes: [{ username }] } });

    const { removeGroupMember } = await data(RemoveGroupMemberDocument, { input: ids });
    expect(removeGroupMember?.user?.groups.nodes).toEqual([]);
    expect((await data(MembershipDocument, ids)).group?.members.nodes).toEqual([]);
  });

  it('S1-05 a user has username, email, first and last name, and no hash', async () => {
    const { user } = await data(PersonDocument, { id: admin.id });
    expect(user).toEqual({ username: admin.username, email: admin.email, firstName: 'Ada', lastName: 'Lovelace' });
    for (const guess of ['passwordHash', 'password', 'hash']) {
      const { status, body } = await server.graphql(`{ users { nodes { ${guess} } } }`, token);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain('argon2');
    }
  });

  it('S1-04 an administrator creates, reads, changes and deletes a client for the password grant', async () => {
    const bearer = await server.accessToken({ client, user: admin, scopes: ['clients', 'read'] });
    const grantTypes = ['password' as const, 'refresh_token' as const];
    const input = { name: 'Notes', grantTypes, scope: 'read write groups' };
    const { registerClient } = await data(RegisterClientDocument, { input }, bearer);
    const clientId = registerClient?.client?.clientId ?? '';
    const secret = registerClient?.clientSecret ?? '';
    const signInThere = () =>
      server.token(
        { grant_type: 'password', username: admin.username, password: admin.password },
        { clientId, secret },
      );
    expect((await signInThere()).body.scope).toBe('read write groups');

    const owner = { username: admin.username };
    expect((await data(ClientDocument, { clientId }, bearer)).client).toEqual({ name: 'Notes', grantTypes, owner });
    const { updateClient } = await data(UpdateClientDocument, { input: { clientId, name: 'Diary' } }, bearer);
    expect(updateClient?.client).toEqual({ name: 'Diary' });
    const { deleteClient } = await data(DeleteClientDocument, { input: { clientId } }, bearer);
    expect(deleteClient).toEqual({ deletedClientId: clientId });
    expect((await data(ClientDocument, { clientId }, bearer)).client).toBeNull();
    expect((await signInThere()).status).toBe(401);
  });
});

describe('An app with a token of the default scopes', () => {
  it('S1-13 the default scopes are enough to list users, read one, list groups and create a user', async () => {
    const { users } = await data(DirectoryDocument, { first: 100 });
    const one = users.nodes.find(({ username }) => username === admin.username);
    expect((await data(PersonDocument, { id: one?.id ?? '' })).user).toMatchObject({ username: admin.username });
    const { groups } = await data(MembershipDocument, { userId: one?.id ?? '', groupId: 'grp_x' });
    expect(groups.nodes).toEqual(expect.any(Array));
    const foo = { username: unique('foo'), password: 'bar-bar-bar' };
    const { id, username } = (await create(foo))?.user ?? {};
    expect({ id, username }).toEqual({ id: expect.stringMatching(/^usr_/), username: foo.username });
  });

  it('S1-14 a created user can sign in, and the password is stored as a hash', async () => {
    const foo = { username: unique('foo'), password: 'bar-bar-bar' };
    await create(foo);
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
  it('S2-08 `viewer` returns the current user and requires the scope profile', async () => {
    const person = await server.user();
    const bearer = await server.accessToken({ client, user: person, scopes: ['profile'] });
    expect(await data(ViewerDocument, {}, bearer)).toEqual({ viewer: { sub: person.id, username: person.username } });

    const without = await server.accessToken({ client, user: person, scopes: ['groups'] });
    const refused = await server.graphql(print(ViewerDocument), without);
    expect(refused).toMatchObject({
      status: 403,
      body: { errors: [{ extensions: { code: 'INSUFFICIENT_SCOPE', requiredScopes: ['profile'] } }] },
    });
    expect((await server.graphql('{ me { id } }', bearer)).status).toBe(400);
  });
});

describe('Where they disagree: success status', () => {
  it('token requests, queries and mutations get status 200', async () => {
    const responses = [
      await signIn(admin),
      await server.token({ grant_type: 'client_credentials' }, client),
      await server.graphql('{ groups { nodes { name } } }', token),
      await server.graphql(print(CreateUserDocument), token, {
        input: { username: unique('foo'), password: 'bar-bar-bar' },
      }),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe('Where they disagree: passwords', () => {
  it('the documented password `bar` gets a readable error and creates no account', async () => {
    const foo = { username: unique('foo'), password: 'bar' };
    expect(await create(foo)).toEqual({
      user: null,
      errors: [{ code: 'INVALID', message: 'A password needs at least 8 characters', path: ['input', 'password'] }],
    });
    expect((await signIn(foo)).status).toBe(400);
    expect((await create({ ...foo, password: 'bar-bar-' }))?.errors).toEqual([]);
  });

  it('a user needs neither an email address nor a password', async () => {
    const username = unique('plain');
    const created = await create({ username });
    expect(created).toMatchObject({ user: { username, email: null }, errors: [] });
    expect((await signIn({ username, password: 'anything at all' })).status).toBe(400);
  });
});
