import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authorizePath, CALLBACK, issueCode, reachConsent, responseParams } from '../../support/authorize.ts';
import type { TestUser } from '../../support/fixtures.ts';
import { pkce } from '../../support/pkce.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const REGISTER = `mutation ($input: RegisterClientInput!) {
  registerClient(input: $input) { client { clientId } clientSecret errors { code message path } }
}`;
const DETAIL = `query ($clientId: String!) {
  client(clientId: $clientId) {
    clientId name clientUri grantTypes redirectUris responseTypes scope defaultScopes tokenEndpointAuthMethod requirePkce
    clientIdIssuedAt owner { username } secrets { label createdAt expiresAt lastUsedAt }
  }
}`;

/** An access token of the user, obtained as GraphiQL does: with its built-in client and PKCE. */
async function signInToGraphiql(user: TestUser, scope: string): Promise<string> {
  const { verifier, challenge } = pkce();
  const redirectUri = `${server.config.issuer}/graphiql/callback`;
  const common = { client_id: 'gatehouse-graphiql', redirect_uri: redirectUri };
  const request = { ...common, response_type: 'code', scope, code_challenge: challenge, code_challenge_method: 'S256' };
  const browser = server.browser();
  const consent = await reachConsent(server, authorizePath(request), user, browser);
  const callback = await browser.submit(consent, {}, 'allow');
  expect(callback.url.startsWith(`${redirectUri}?`)).toBe(true);
  const code = responseParams(callback.url).code ?? '';
  const { body } = await server.token({ ...common, grant_type: 'authorization_code', code, code_verifier: verifier });
  return body.access_token;
}

async function register(token: string, input: Record<string, unknown>) {
  const { status, body } = await server.graphql(REGISTER, token, { input });
  expect(status).toBe(200);
  return body.data.registerClient;
}

const WEB = { name: 'My app', grantTypes: ['authorization_code'], redirectUris: [CALLBACK] };

describe('GraphQL mutation registerClient', () => {
  it('S0-04 S2-02: a user signs in to GraphiQL, registers a client and gets its id and secret', async () => {
    const user = await server.user();
    const token = await signInToGraphiql(user, 'openid profile read clients');
    const { client, clientSecret, errors } = await register(token, WEB);
    expect(errors).toEqual([]);
    expect(clientSecret).toMatch(/^gcs_/);

    const { body } = await server.graphql(DETAIL, token, client);
    expect(body.data.client).toMatchObject({ ...WEB, clientId: client.clientId, owner: { username: user.username } });
    const listed = await server.graphql('{ clients { nodes { clientId } } }', token);
    expect(listed.body.data.clients.nodes).toEqual([{ clientId: client.clientId }]);

    const { verifier, challenge } = pkce();
    const made = { clientId: client.clientId, secret: clientSecret };
    const code = await issueCode(server, made, { code_challenge: challenge, code_challenge_method: 'S256' });
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier };
    expect((await server.token(form, made)).status).toBe(200);
  });

  it('S0-05: ids have 40 URL-safe characters, secrets have 256 bits, and a secret is returned only once', async () => {
    const token = await signInToGraphiql(await server.user(), 'clients');
    const made = [await register(token, WEB), await register(token, WEB)];
    for (const { client, clientSecret } of made) {
      expect(client.clientId).toMatch(/^[A-Za-z0-9]{40}$/);
      // 62^43 > 2^256; the last six characters are a checksum.
      expect(clientSecret).toMatch(/^gcs_[A-Za-z0-9]{43}[A-Za-z0-9]{6}$/);
    }
    expect(new Set(made.flatMap(({ client, clientSecret }) => [client.clientId, clientSecret])).size).toBe(4);

    const { body } = await server.graphql(DETAIL, token, made[0].client);
    expect(JSON.stringify(body)).not.toContain('gcs_');
    const { body: schema } = await server.graphql('{ __type(name: "ClientSecret") { fields { name } } }', token);
    const fields = schema.data.__type.fields.map(({ name }: { name: string }) => name);
    expect(fields.sort()).toEqual(['createdAt', 'expiresAt', 'id', 'label', 'lastUsedAt']);
  });

  it('S0-06: a second client for client_credentials requires MANAGE_CLIENTS', async () => {
    const service = { name: 'My service', grantTypes: ['client_credentials'], scope: 'read' };
    const plain = await signInToGraphiql(await server.user(), 'clients');
    expect((await register(plain, service)).errors).toMatchObject([{ code: 'INVALID', path: ['input', 'grantTypes'] }]);

    const token = await signInToGraphiql(await server.user({ permissions: ['MANAGE_CLIENTS'] }), 'clients');
    expect((await register(token, WEB)).errors).toEqual([]);
    const { client, clientSecret } = await register(token, service);
    const response = await server.token(
      { grant_type: 'client_credentials' },
      { clientId: client.clientId, secret: clientSecret },
    );
    expect(response).toMatchObject({ status: 200, body: { scope: 'read' } });
  });
});

describe('RFC 7591 §2: client metadata', () => {
  const manager = async () =>
    server.accessToken({ user: await server.user({ permissions: ['MANAGE_CLIENTS'] }), scopes: ['clients', 'read'] });

  it('S2-03: the fields of a client have the names of RFC 7591', async () => {
    const input = {
      name: 'Shop',
      clientUri: 'https://shop.example.com',
      grantTypes: ['authorization_code', 'password'],
      redirectUris: ['https://shop.example.com/a', 'https://shop.example.com/b'],
      responseTypes: ['code'],
      scope: 'profile email',
      tokenEndpointAuthMethod: 'client_secret_basic',
    };
    const token = await manager();
    const { client } = await register(token, input);
    const { body } = await server.graphql(DETAIL, token, client);
    expect(body.data.client).toMatchObject({ ...input, defaultScopes: ['profile', 'email'] });
    expect(Math.abs(Date.parse(body.data.client.clientIdIssuedAt) - Date.now())).toBeLessThan(60_000);
    // RFC 7591 §3.2.1: client_secret_expires_at is 0, so the secret does not expire.
    expect(body.data.client.secrets).toEqual([
      { label: '', createdAt: expect.any(String), expiresAt: null, lastUsedAt: null },
    ]);
  });

  it('S2-04: a client can have several grant types', async () => {
    const { client, clientSecret } = await register(await manager(), {
      ...WEB,
      grantTypes: ['authorization_code', 'password'],
      requirePkce: false,
    });
    const made = { clientId: client.clientId, secret: clientSecret };
    const user = await server.user();
    const code = await issueCode(server, made, {}, user);
    expect((await server.token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, made)).status).toBe(
      200,
    );
    const password = { grant_type: 'password', username: user.username, password: user.password };
    expect((await server.token(password, made)).status).toBe(200);
  });

  it.each([
    ['client_secret_basic', true],
    ['client_secret_post', true],
    ['none', false],
  ])(
    'S2-05 S4-01: a client can have the authentication method %s (secret: %s)',
    async (tokenEndpointAuthMethod, confidential) => {
      const token = await manager();
      const { client, clientSecret, errors } = await register(token, { ...WEB, tokenEndpointAuthMethod });
      expect(errors).toEqual([]);
      expect(clientSecret !== null).toBe(confidential);
      const { body } = await server.graphql(DETAIL, token, client);
      expect(body.data.client).toMatchObject({ tokenEndpointAuthMethod, requirePkce: true });
      expect(body.data.client.secrets).toHaveLength(confidential ? 1 : 0);
    },
  );

  it('S2-05: inconsistent metadata is rejected with the path of the field', async () => {
    const token = await manager();
    const wrong = [
      [{ ...WEB, responseTypes: ['token'] }, 'responseTypes'],
      [{ ...WEB, redirectUris: [] }, 'redirectUris'],
      [{ ...WEB, redirectUris: ['not a uri'] }, 'redirectUris'],
      [{ ...WEB, scope: 'nonsense' }, 'scope'],
      [{ ...WEB, tokenEndpointAuthMethod: 'none', grantTypes: ['client_credentials'] }, 'grantTypes'],
    ] as const;
    for (const [input, field] of wrong) {
      const { client, clientSecret, errors } = await register(token, input);
      expect({ client, clientSecret }).toEqual({ client: null, clientSecret: null });
      expect(errors).toMatchObject([{ code: 'INVALID', path: ['input', field] }]);
    }
  });
});
