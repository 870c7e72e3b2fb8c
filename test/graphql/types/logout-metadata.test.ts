import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const REGISTER = `mutation($input: RegisterClientInput!) { registerClient(input: $input) {
  client { clientId postLogoutRedirectUris backchannelLogoutUri } errors { message path } } }`;

const register = async (token: string, input: object) => {
  const usual = { name: 'App', grantTypes: ['authorization_code'], redirectUris: ['https://app.example/cb'] };
  const { body } = await server.graphql(REGISTER, token, { input: { ...usual, ...input } });
  return body.data.registerClient;
};

describe('RP-Initiated Logout §3.1, Back-Channel Logout §2.2: logout metadata of a client', () => {
  it('the logout URIs can be registered, changed and removed', async () => {
    const token = await server.accessToken({ user: await server.user({ permissions: ['MANAGE_CLIENTS'] }) });
    const metadata = {
      postLogoutRedirectUris: ['https://app.example/bye?x=1', 'com.example.app:/bye'],
      backchannelLogoutUri: 'https://app.example/backchannel?tenant=1',
    };
    const { client, errors } = await register(token, metadata);
    expect([errors, client]).toEqual([[], { clientId: expect.any(String), ...metadata }]);
    const update = `mutation($input: UpdateClientInput!) { updateClient(input: $input) {
      client { postLogoutRedirectUris backchannelLogoutUri } errors { message } } }`;
    const change = async (input: object) =>
      (await server.graphql(update, token, { input: { clientId: client.clientId, ...input } })).body.data.updateClient;
    expect(await change({ name: 'Another' })).toEqual({ client: metadata, errors: [] });
    const none = { postLogoutRedirectUris: [], backchannelLogoutUri: null };
    expect(await change(none)).toEqual({ client: none, errors: [] });
  });

  it.each([
    'http://app.example/x',
    'https://app.example/x#y',
    'com.example.app:/x',
    'https://user:pw@app.example/',
    'ftp://app.example/',
    '/x',
    'https://',
  ])('%s is rejected as a back-channel logout URI', async (backchannelLogoutUri) => {
    const token = await server.accessToken({ user: await server.user({ superuser: true }) });
    const { client, errors } = await register(token, { backchannelLogoutUri });
    expect([client, errors[0].path]).toEqual([null, ['input', 'backchannelLogoutUri']]);
  });

  it("a user's own client can have post-logout redirect URIs but no back-channel logout URI", async () => {
    const token = await server.accessToken({ user: await server.user(), scopes: ['clients'] });
    expect((await register(token, { postLogoutRedirectUris: ['https://app.example/bye'] })).errors).toEqual([]);
    for (const [field, value] of [
      ['postLogoutRedirectUris', ['com.example.app:/bye']],
      ['backchannelLogoutUri', 'https://app.example/backchannel'],
    ] as const)
      expect((await register(token, { [field]: value })).errors[0].path).toEqual(['input', field]);
  });
});
