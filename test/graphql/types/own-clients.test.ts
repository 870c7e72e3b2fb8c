import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestClient, type TestUser, unique } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

const PLAIN = {
  name: 'Mine',
  grantTypes: ['authorization_code', 'refresh_token'],
  redirectUris: ['https://mine.example/cb'],
};

let server: TestServer;
let client: TestClient;
let user: TestUser;
let token: string;
let managing: string;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
  user = await server.user();
  token = await server.accessToken({ client, user });
  managing = await server.accessToken({ client, user: await server.user({ permissions: ['MANAGE_CLIENTS'] }) });
});
afterAll(() => server?.close());

describe('GraphQL: clients of users without MANAGE_CLIENTS', () => {
  it('a user can register a client with a web or loopback redirect URI', async () => {
    const mine = {
      ...PLAIN,
      redirectUris: ['https://mine.example/cb', 'http://127.0.0.1/cb', 'http://[::1]:8080/', 'http://localhost:3000'],
    };
    const scope = 'openid profile email offline_access read groups';
    const {
      client: made,
      clientSecret,
      errors,
    } = await mutate(
      server,
      token,
      'registerClient',
      { ...mine, scope },
      'clientSecret client { clientId scope redirectUris requirePkce owner { id } }',
    );
    expect(errors).toEqual([]);
    expect(clientSecret).toMatch(/^gcs_/);
    expect(made).toMatchObject({ scope, redirectUris: mine.redirectUris, requirePkce: true, owner: { id: user.id } });
    expect((await mutate(server, token, 'deleteClient', { clientId: made.clientId })).errors).toEqual([]);
  });

  it.each([
    ['grantTypes', { grantTypes: ['password'] }],
    ['grantTypes', { grantTypes: ['client_credentials'] }],
    ['grantTypes', { grantTypes: ['authorization_code', 'implicit'] }],
    ['scope', { scope: 'openid write' }],
    ['scope', { scope: 'clients' }],
    ['scope', { scope: 'audit read' }],
    ['redirectUris', { redirectUris: ['com.example.app:/cb'] }],
    ['requirePkce', { requirePkce: false }],
    ['redirectUriOptional', { redirectUriOptional: true }],
    ['accessTokenTtl', { accessTokenTtl: 86_400 }],
  ])("the %s of a user's own client is limited", async (field, more) => {
    const { errors } = await mutate(server, token, 'registerClient', { ...PLAIN, ...more });
    expect(errors).toMatchObject([
      { code: 'INVALID', path: ['input', field], message: expect.stringContaining('MANAGE_CLIENTS') },
    ]);
    const { client: made } = await mutate(server, token, 'registerClient', PLAIN, 'client { clientId }');
    const changed = await mutate(server, token, 'updateClient', { clientId: made.clientId, ...more });
    expect(changed.errors).toMatchObject([{ code: 'INVALID', path: ['input', field] }]);
    const managed = await mutate(server, managing, 'updateClient', { clientId: made.clientId, ...more });
    expect(managed.errors).toEqual([]);
    await mutate(server, managing, 'deleteClient', { clientId: made.clientId });
  });

  it('owners can neither give their client permissions nor enable it after an administrator disabled it', async () => {
    const { client: made } = await mutate(server, token, 'registerClient', PLAIN, 'client { clientId }');
    const change = { clientId: made.clientId, grantTypes: ['client_credentials'], servicePermissions: ['READ_AUDIT'] };
    expect(await mutate(server, token, 'updateClient', change)).toBe('FORBIDDEN');
    expect(
      (await mutate(server, managing, 'updateClient', { clientId: made.clientId, disabled: true })).errors,
    ).toEqual([]);
    expect(await mutate(server, token, 'updateClient', { clientId: made.clientId, disabled: false })).toBe('FORBIDDEN');
    await mutate(server, token, 'deleteClient', { clientId: made.clientId });
  });

  it('a user can have at most ten clients, also with twenty concurrent registrations', async () => {
    const owner = await server.accessToken({ client, user: await server.user() });
    const registrations = Array.from({ length: 20 }, () =>
      mutate(server, owner, 'registerClient', { ...PLAIN, name: unique('x') }, 'client { id }'),
    );
    const made = (await Promise.all(registrations)).filter((result) => result.client);
    expect(made).toHaveLength(10);
    const listed = await server.graphql('{ clients(first: 100) { nodes { owner { id } } } }', owner);
    expect(listed.body.data.clients.nodes).toHaveLength(10);
  });

  it('another user can neither read nor change a client, on any path', async () => {
    const { client: made } = await mutate(server, token, 'registerClient', PLAIN, 'client { id clientId }');
    const other = await server.accessToken({ client, user: await server.user() });
    const { id, clientId } = made;
    for (const document of [
      `{ client(clientId: "${clientId}") { name } }`,
      `{ node(id: "${id}") { ... on Client { name } } }`,
    ]) {
      const { status, body } = await server.graphql(document, other);
      expect(status).toBe(200);
      expect(Object.values(body.data)).toEqual([null]);
      expect(body.errors[0].extensions).toEqual({ code: 'FORBIDDEN' });
      expect((await server.graphql(document, managing)).body.errors).toBeUndefined();
    }
    expect((await server.graphql('{ clients { nodes { id } } token { client { id } } }', other)).body.data).toEqual({
      clients: { nodes: [] },
      token: { client: null },
    });
    for (const verb of ['updateClient', 'rotateClientSecret', 'deleteClient'])
      expect(await mutate(server, other, verb, { clientId })).toBe('FORBIDDEN');
    await mutate(server, token, 'deleteClient', { clientId });
    expect((await mutate(server, managing, 'deleteClient', { clientId })).errors).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
  });

  it('I152: registering a client requires the scope and a user', async () => {
    const admin = await server.user({ superuser: true });
    const few = await server.accessToken({ client, user: admin, scopes: ['read', 'write'] });
    expect(await mutate(server, few, 'registerClient', PLAIN)).toBe('INSUFFICIENT_SCOPE');
    const service = await server.accessToken({ client, user: null });
    expect(await mutate(server, service, 'registerClient', PLAIN)).toBe('FORBIDDEN');
  });
});

describe('GraphQL: a service that may introspect any token', () => {
  it('needs more of the token that registers it than the scope clients', async () => {
    const superuser = await server.user({ superuser: true });
    const service = {
      name: unique('service'),
      grantTypes: ['client_credentials'],
      servicePermissions: ['INTROSPECT'],
      scope: 'openid',
    };
    const few = await server.accessToken({ client, user: superuser, scopes: ['clients'] });
    const refused = await mutate(server, few, 'registerClient', service);
    expect(refused.errors).toMatchObject([{ code: 'INVALID', path: ['input', 'scope'] }]);
    const enough = await server.accessToken({ client, user: superuser, scopes: ['clients', 'read'] });
    const { client: made, errors } = await mutate(server, enough, 'registerClient', service, 'client { clientId }');
    expect(errors).toEqual([]);
    const rotation = await mutate(server, few, 'rotateClientSecret', { clientId: made.clientId });
    expect(rotation.errors).toMatchObject([{ code: 'INVALID' }]);
  });
});

describe('GraphQL: built-in clients', () => {
  it('a built-in client cannot be changed, not even by a superuser', async () => {
    const superuser = await server.accessToken({ client, user: await server.user({ superuser: true }) });
    const clientId = 'gatehouse-graphiql';
    expect(await mutate(server, superuser, 'updateClient', { clientId, name: 'Mine' })).toBe('FORBIDDEN');
    expect(await mutate(server, superuser, 'updateClient', { clientId, disabled: true })).toBe('FORBIDDEN');
    expect(await mutate(server, superuser, 'rotateClientSecret', { clientId })).toBe('FORBIDDEN');
    expect(await mutate(server, superuser, 'deleteClient', { clientId })).toBe('FORBIDDEN');
  });
});
