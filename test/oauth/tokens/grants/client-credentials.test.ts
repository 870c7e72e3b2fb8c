import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectTokenError } from '../../../support/invariants.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const form = { grant_type: 'client_credentials' };

describe('RFC 6749 §4.4: client credentials grant', () => {
  it('S0-17: a client gets a token with its default scopes and lifetime, and no refresh token', async () => {
    const client = await server.client({
      scope: 'read write groups',
      defaultScopes: ['read', 'write'],
      accessTokenTtl: 36_000,
    });
    const response = await server.request('/oauth/token', {
      method: 'POST',
      headers: {
        Authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}`,
        'Cache-Control': 'no-cache',
        'Content-Type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^gat_/),
      expires_in: 36_000,
      token_type: 'Bearer',
      scope: 'read write',
    });
  });

  it('S0-18: a client that is registered for authorization codes only gets unauthorized_client', async () => {
    const client = await server.client({ grantTypes: ['authorization_code'] });
    expectTokenError(await server.token(form, client), 400, 'unauthorized_client');
    const [issued] = await server.database
      .em()
      .execute(
        'SELECT count(*)::int AS n FROM authorizations a JOIN clients c ON c.id = a.client_id WHERE c.client_id = ?',
        [client.clientId],
      );
    expect(issued).toEqual({ n: 0 });
  });

  it('S3-02 S2-13: credentials in the header and in the body get the same response, with scope and expires_in', async () => {
    const client = await server.client({ scope: 'read' });
    const inHeader = await server.token(form, client);
    const inBody = await server.token({ ...form, client_id: client.clientId, client_secret: client.secret });
    for (const { status, body } of [inHeader, inBody]) {
      expect(status).toBe(200);
      expect(body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer', scope: 'read' });
    }
    expect(inHeader.body.access_token).not.toBe(inBody.body.access_token);
  });
});

describe('Where they disagree: client_credentials on directory fields', () => {
  it('a client needs a service permission to read directory fields', async () => {
    const query = '{ users(first: 1) { nodes { username } } }';
    const [plain, service] = [await server.client(), await server.client({ servicePermissions: ['READ_DIRECTORY'] })];
    const refused = await server.graphql(
      query,
      await server.accessToken({ client: plain, user: null, scopes: ['read'] }),
    );
    expect(refused).toMatchObject({ status: 403, body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] } });
    expect(refused.body).not.toHaveProperty('data');

    await server.user();
    const allowed = await server.graphql(
      query,
      await server.accessToken({ client: service, user: null, scopes: ['read'] }),
    );
    expect(allowed).toMatchObject({
      status: 200,
      body: { data: { users: { nodes: [{ username: expect.any(String) }] } } },
    });
  });
});
