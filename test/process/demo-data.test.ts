import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { seed } from '../../src/process/seed.ts';
import { allow, authorizePath, reachConsent, responseParams, sentTo } from '../support/authorize.ts';
import { expectCleanResponse, expectTokenError } from '../support/invariants.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  await seed(server.database, server.config, new Date());
});
afterAll(() => server.close());
afterEach(() => {
  vi.useRealTimers();
});

const CLIENT = { clientId: 'testclient', secret: 'testpassword' };
const IN_BODY = { client_id: CLIENT.clientId, client_secret: CLIENT.secret };
const ADMIN = { username: 'admin', password: 'adminpassword' };
const USER = { username: 'testuser', password: 'testpassword' };

const link = (responseType: string) =>
  authorizePath({
    response_type: responseType,
    client_id: CLIENT.clientId,
    redirect_uri: 'https://www.example.com',
    state: 'somestate',
  });

describe('The demo client: client_credentials', () => {
  it.each(['Basic', 'the body'])('S3-02: the client authenticates by %s and gets no refresh token', async (where) => {
    const form = { grant_type: 'client_credentials' };
    const { status, body } = await (where === 'Basic'
      ? server.token(form, CLIENT)
      : server.token({ ...form, ...IN_BODY }));
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 3600,
      token_type: 'Bearer',
      // Never null: the client's default scopes.
      scope: 'read write groups',
    });
  });
});

describe('The demo client: authorization code', () => {
  it('S3-03: the page offers allow and deny, and allow sends code and state to the registered address', async () => {
    const browser = server.browser();
    const page = await reachConsent(server, link('code'), USER, browser);
    expectCleanResponse(page, page.html);
    expect(page.forms[0]?.buttons.map(({ value }) => value)).toEqual(['allow', 'deny']);

    const location = sentTo(await browser.submit(page, {}, 'allow'));
    expect(location.startsWith('https://www.example.com?code=gac_')).toBe(true);
    expect(responseParams(location)).toMatchObject({ state: 'somestate' });
  });

  it('S3-04: deny sends access_denied with this error_description', async () => {
    const browser = server.browser();
    // Another user, because the consent of the first one is remembered.
    const page = await reachConsent(server, link('code'), ADMIN, browser);
    const denied = await browser.submit(page, {}, 'deny');
    expect(responseParams(sentTo(denied))).toEqual({
      error: 'access_denied',
      error_description: 'The user denied access to your application',
      state: 'somestate',
      iss: server.config.issuer,
    });
    expect({ status: denied.status, body: denied.html }).toEqual({ status: 303, body: '' });
    // The decision is final: the form cannot be sent again.
    expect((await browser.submit(page, {}, 'allow')).status).toBe(400);
  });

  it('S3-05 S3-08: the client exchanges the code by Basic with only grant_type and code, and refreshes', async () => {
    const { code = '' } = responseParams(await allow(server, link('code'), USER));
    const first = await server.token({ grant_type: 'authorization_code', code }, CLIENT);
    expect(first).toMatchObject({
      status: 200,
      body: { scope: 'read write groups', refresh_token: expect.any(String) },
    });

    const refresh = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token };
    const second = await server.token(refresh, CLIENT);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 61_000);
    expectTokenError(await server.token(refresh, CLIENT), 400, 'invalid_grant');
  });
});

describe('The demo client: implicit', () => {
  it('S3-06 S2-13: the response to response_type=token is in the fragment and has no refresh token', async () => {
    const location = await allow(server, link('token'), USER);
    expect(location.startsWith('https://www.example.com#access_token=gat_')).toBe(true);
    expect(new URL(location).search).toBe('');
    expect(responseParams(location, 'hash')).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: '3600',
      scope: 'read write groups',
      state: 'somestate',
      iss: server.config.issuer,
    });
    const viewer = await server.graphql('{ viewer { username } }', responseParams(location, 'hash').access_token);
    expect(viewer.body).toEqual({ data: { viewer: { username: 'testuser' } } });
  });

  it('S3-06: the implicit grant is off for every client that was not registered with it', async () => {
    const client = await server.client();
    const path = authorizePath({ response_type: 'token', client_id: client.clientId, state: 's' });
    const response = await server.request(path);
    expect(response.status).toBe(303);
    const location = response.headers.get('Location') ?? '';
    expect(location).not.toContain('#');
    expect(responseParams(location)).toMatchObject({ error: 'unauthorized_client', state: 's' });
  });
});

describe('The demo client: password', () => {
  it('S3-07: users can sign in by email address and get a refresh token', async () => {
    for (const username of ['testuser@example.com', 'TestUser@Example.COM', 'testuser']) {
      const { status, body } = await server.token(
        { grant_type: 'password', username, password: USER.password },
        CLIENT,
      );
      expect(status).toBe(200);
      expect(body).toMatchObject({ scope: 'read write groups', refresh_token: expect.stringMatching(/^grt_/) });
    }
  });

  it('S4-02: all parameters can be sent in the body, and expires_in is in seconds', async () => {
    const form = { ...IN_BODY, grant_type: 'password', ...USER, scope: 'read' };
    const { status, body } = await server.token(form);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']);
    expect(body).toMatchObject({ scope: 'read', expires_in: 3600 });
  });

  it('S1-13: the tokens of the administrator can read users and groups', async () => {
    const { body } = await server.token({ grant_type: 'password', ...ADMIN }, CLIENT);
    const read = await server.graphql(
      '{ users { nodes { id username } } groups { nodes { name } } }',
      body.access_token,
    );
    expect(read).toMatchObject({ status: 200, body: { data: { groups: { nodes: [] } } } });
    const [first] = read.body.data.users.nodes;
    const one = await server.graphql('query ($id: ID!) { user(id: $id) { username } }', body.access_token, {
      id: first.id,
    });
    expect(one.body).toEqual({ data: { user: { username: first.username } } });
  });
});
