import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../graphql/mutate.ts';
import { introspect } from '../support/client-endpoints.ts';
import { addressOf, subscribe } from '../support/event-stream.ts';
import type { TestClient, TestUser } from '../support/fixtures.ts';
import { read } from '../support/send.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { bearerStatus, expectRevoked, refreshing, tokenPair } from '../support/token-forms.ts';

let server: TestServer;
let token: string;
let admin: TestUser;
beforeAll(async () => {
  server = await startServer();
  admin = await server.user({ superuser: true });
  token = await server.accessToken({ user: admin });
});
afterAll(() => server.close());

const change = (client: TestClient, changes: Record<string, unknown>) =>
  mutate(server, token, 'updateClient', { clientId: client.clientId, ...changes }, 'revokedSecrets');

const userInfo = async (bearer: string) =>
  read(await server.request('/oauth/userinfo', { headers: { Authorization: `Bearer ${bearer}` } }));

describe('a scope that a client loses', () => {
  it('is removed from its tokens at the next request, at every endpoint', async () => {
    const client = await server.client();
    const scope = 'openid profile email read write audit';
    const pair = await tokenPair(server, client, { scope }, admin);
    const stream = await subscribe(addressOf(server), pair.access_token);
    expect(stream.status).toBe(200);
    expect((await userInfo(pair.access_token)).body).toHaveProperty('email');

    expect((await change(client, { scope: 'openid profile read' })).errors).toEqual([]);
    expect((await introspect(server, pair.access_token, client)).body.scope).toBe('openid profile read');
    const { token: seen } = (await server.graphql('{ token { scopes } }', pair.access_token)).body.data;
    expect(seen.scopes).toEqual(['openid', 'profile', 'read']);
    expect(await mutate(server, pair.access_token, 'createUser', { username: 'nobody' })).toBe('INSUFFICIENT_SCOPE');
    const claims = (await userInfo(pair.access_token)).body;
    expect(claims).toHaveProperty('preferred_username');
    expect(claims).not.toHaveProperty('email');
    let last = await stream.next();
    while (last?.errors === undefined && last !== undefined) last = await stream.next();
    expect(last.errors[0].extensions).toMatchObject({ code: 'INSUFFICIENT_SCOPE', missingScopes: ['audit'] });

    await change(client, { scope: 'profile read' });
    expect((await userInfo(pair.access_token)).status).toBe(403);
    expect((await server.token(refreshing(pair.refresh_token), client)).body.scope).toBe('profile read');
  });

  it('is removed from the tokens of a service and from JWTs', async () => {
    const client = await server.client({ servicePermissions: ['READ_DIRECTORY'], accessTokenFormat: 'JWT' });
    const jwt = await server.accessToken({ client, user: null });
    const users = () => server.graphql('{ users(first: 1) { nodes { id } } }', jwt);
    expect((await users()).status).toBe(200);
    await change(client, { scope: 'groups' });
    expect((await users()).status).toBe(403);
  });
});

describe('a client that is disabled and enabled again', () => {
  it('has to ask for new tokens: those it had are revoked', async () => {
    const client = await server.client();
    const pair = await tokenPair(server, client);
    const own = await server.accessToken({ client, user: null });
    await change(client, { disabled: true });
    expect(await bearerStatus(server, pair.access_token)).toBe(401);
    await change(client, { disabled: false });
    await expectRevoked(server, client, pair);
    expect(await bearerStatus(server, own)).toBe(401);
    expect(await bearerStatus(server, (await tokenPair(server, client)).access_token)).toBe(200);
  });
});

describe('a client that becomes public', () => {
  it('loses its tokens and secrets', async () => {
    const client = await server.client({ grantTypes: ['authorization_code', 'refresh_token'] });
    const pair = await tokenPair(server, client);
    const changed = await change(client, { tokenEndpointAuthMethod: 'none', requirePkce: true });
    expect(changed).toMatchObject({ errors: [], revokedSecrets: 1 });
    const { status, body } = await server.token({ ...refreshing(pair.refresh_token), client_id: client.clientId });
    expect([status, body.error]).toEqual([400, 'invalid_grant']);
    expect(await bearerStatus(server, pair.access_token)).toBe(401);
  });
});

describe('service permissions that the owner of a client lacks', () => {
  const OWN = { name: 'Own', grantTypes: ['authorization_code'], redirectUris: ['https://own.example/cb'] };
  const service = { grantTypes: ['client_credentials'], servicePermissions: ['READ_AUDIT'] };

  async function ownClient(owner: TestUser): Promise<TestClient> {
    const bearer = await server.accessToken({ user: owner });
    const { client, clientSecret } = await mutate(
      server,
      bearer,
      'registerClient',
      OWN,
      'clientSecret client { clientId }',
    );
    return { clientId: client.clientId, secret: clientSecret };
  }
  const direct = async (client: TestClient) =>
    (await server.token({ grant_type: 'client_credentials' }, client)).status;

  it('revoke the existing secrets and tokens, and the payload returns their number', async () => {
    const client = await ownClient(await server.user());
    await change(client, { grantTypes: ['client_credentials'] });
    const { body } = await server.token({ grant_type: 'client_credentials' }, client);
    expect(await change(client, service)).toMatchObject({ errors: [], revokedSecrets: 1 });
    expect(await direct(client)).toBe(401);
    expect(await bearerStatus(server, body.access_token)).toBe(401);
    const rotated = await mutate(server, token, 'rotateClientSecret', { clientId: client.clientId }, 'clientSecret');
    const renewed = { ...client, secret: rotated.clientSecret };
    expect(await direct(renewed)).toBe(200);
    expect(await change(renewed, { servicePermissions: [] })).toMatchObject({ errors: [], revokedSecrets: 0 });
    expect(await direct(renewed)).toBe(200);
  });

  it('revoke no secret if the owner holds them or the operator is the owner', async () => {
    const auditor = await ownClient(await server.user({ permissions: ['READ_AUDIT'] }));
    expect(await change(auditor, service)).toMatchObject({ errors: [], revokedSecrets: 0 });
    expect(await direct(auditor)).toBe(200);
    const operators = await server.client();
    expect(await change(operators, service)).toMatchObject({ errors: [], revokedSecrets: 0 });
    expect(await direct(operators)).toBe(200);
  });

  it('are refused while the owner knows the private key of the client', async () => {
    const client = await ownClient(await server.user());
    const jwks = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] };
    const authentication = { tokenEndpointAuthMethod: 'private_key_jwt', jwks };
    expect((await change(client, authentication)).errors).toEqual([]);
    expect((await change(client, service)).errors).toMatchObject([{ code: 'INVALID', path: ['input', 'jwks'] }]);
    const other = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'kOpL8gW2mAs9M5IYNRYRlPM54HVAaLbpSA3q5e1gWRk' }] };
    expect((await change(client, { ...service, jwks: other })).errors).toEqual([]);
  });
});
