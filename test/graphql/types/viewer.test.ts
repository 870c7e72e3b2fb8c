import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerUser } from '../../../src/directory/register-user.ts';
import { theOperator, unique } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { countStatements } from '../statements.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server?.close());

describe('GraphQL types Viewer, Token and Node', () => {
  it('S2-08: viewer returns the user, and each field requires its scope', async () => {
    const user = await server.user({ firstName: 'Ada', lastName: 'Lovelace', emailVerified: true });
    const profile = await server.accessToken({ user, scopes: ['profile'] });
    const email = await server.accessToken({ user, scopes: ['email'] });
    const { body } = await server.graphql('{ viewer { sub username firstName lastName name } }', profile);
    const names = { username: user.username, firstName: 'Ada', lastName: 'Lovelace', name: 'Ada Lovelace' };
    expect(body.data.viewer).toEqual({ sub: user.id, ...names });
    expect((await server.graphql('{ viewer { email emailVerified } }', email)).body.data.viewer).toEqual({
      email: user.email,
      emailVerified: true,
    });
    expect((await server.graphql('{ viewer { email } }', profile)).status).toBe(403);
    expect((await server.graphql('{ viewer { name } }', email)).status).toBe(403);
    expect((await server.graphql('{ viewer { sub } }', email)).body.data.viewer).toEqual({ sub: user.id });
  });

  it('has no id, which would be that of its user: the error names `sub`', async () => {
    const user = await server.user();
    const token = await server.accessToken({ user, scopes: ['openid', 'read'] });
    const { status, body } = await server.graphql('{ viewer { id } }', token);
    expect(status).toBe(400);
    expect(body.errors[0].message).toBe('Cannot query field "id" on type "Viewer". Use "sub", or "id" of "user".');
    const document = `{ viewer { sub user { id username } } node(id: "${user.id}") { __typename id } }`;
    expect((await server.graphql(document, token)).body.data).toEqual({
      viewer: { sub: user.id, user: { id: user.id, username: user.username } },
      node: { __typename: 'User', id: user.id },
    });
    const openid = await server.accessToken({ user, scopes: ['openid'] });
    expect((await server.graphql('{ viewer { sub } }', openid)).body.data.viewer).toEqual({ sub: user.id });
    const refused = await server.graphql('{ viewer { user { id } } }', openid);
    expect(refused.body.errors[0].extensions.missingScopes).toEqual(['read']);
  });

  it('the name of a user without names is the username', async () => {
    const user = await server.user();
    const { body } = await server.graphql(
      '{ viewer { name } }',
      await server.accessToken({ user, scopes: ['profile'] }),
    );
    expect(body.data.viewer.name).toBe(user.username);
  });

  it('T6: viewer with groups takes two SQL statements', async () => {
    const token = await server.accessToken({ user: await server.user({ permissions: ['READ_AUDIT'] }) });
    let data: unknown;
    const statements = await countStatements(server.database, async () => {
      data = (await server.graphql('{ viewer { sub username groups { nodes { name } } } }', token)).body.data;
    });
    expect(data).toMatchObject({ viewer: { groups: { nodes: [{ name: expect.any(String) }] } } });
    expect(statements).toBe(2);
  });

  it('email, attributes and superuser of another user are null without MANAGE_USERS', async () => {
    const other = await server.user({ attributes: { room: 7 }, superuser: true });
    const user = await server.user();
    const document = `{ user(id: "${other.id}") { username email emailVerified attributes superuser } }`;
    const plain = await server.graphql(document, await server.accessToken({ user }));
    expect(plain.body.data.user).toEqual({
      username: other.username,
      email: null,
      emailVerified: null,
      attributes: null,
      superuser: null,
    });
    const manager = await server.user({ permissions: ['MANAGE_USERS'] });
    const managing = await server.graphql(document, await server.accessToken({ user: manager }));
    expect(managing.body.data.user).toMatchObject({
      email: other.email,
      emailVerified: false,
      attributes: { room: 7 },
      superuser: true,
    });
    const own = await server.graphql(`{ user(id: "${user.id}") { email } }`, await server.accessToken({ user }));
    expect(own.body.data.user.email).toBe(user.email);
  });

  it('node returns any object by its id, and null for an unknown id', async () => {
    const user = await server.user({ permissions: ['MANAGE_CLIENTS', 'READ_AUDIT'] });
    const token = await server.accessToken({ user });
    await registerUser(server.database.em(), theOperator(), { username: unique('seen') });
    const { body } = await server.graphql(
      '{ users(first: 1) { nodes { id } } groups(first: 1) { nodes { id } } clients(first: 1) { nodes { id } } auditEvents(first: 1) { nodes { id } } }',
      token,
    );
    for (const [list, type] of [
      ['users', 'User'],
      ['groups', 'Group'],
      ['clients', 'Client'],
      ['auditEvents', 'AuditEvent'],
    ] as const) {
      const { id } = body.data[list].nodes[0];
      const found = await server.graphql(`{ node(id: "${id}") { __typename id } }`, token);
      expect(found.body.data.node).toEqual({ __typename: type, id });
    }
    for (const id of ['usr_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'sec_aaaaaaaaaaaaaaaaaaaaaaaaaa', 'User:1', btoa('User:1')])
      expect((await server.graphql(`{ node(id: "${id}") { id } }`, token)).body).toEqual({ data: { node: null } });
  });

  it('token returns the scopes, expiry, client and user of the token', async () => {
    const client = await server.client();
    const user = await server.user();
    const token = await server.accessToken({ client, user, scopes: ['openid', 'read'] });
    const { body } = await server.graphql('{ token { scopes expiresAt clientId user { id } } }', token);
    expect(body.data.token).toMatchObject({
      scopes: ['openid', 'read'],
      clientId: client.clientId,
      user: { id: user.id },
    });
    expect(Date.parse(body.data.token.expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    const service = await server.accessToken({ client, user: null, scopes: ['openid'] });
    expect((await server.graphql('{ viewer { sub } token { clientId } }', service)).body.data).toEqual({
      viewer: null,
      token: { clientId: client.clientId },
    });
  });
});
