import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedServer, type TestServer } from '../../support/server.ts';

const REGISTER = `mutation ($input: RegisterClientInput!) {
  registerClient(input: $input) { clientSecret client { clientId } errors { code path message } }
}`;
const ROTATE = `mutation ($clientId: String!) {
  rotateClientSecret(input: { clientId: $clientId }) { clientSecret errors { code path } }
}`;

const service = {
  name: 'Service',
  grantTypes: ['client_credentials'],
  redirectUris: [],
  scope: 'read write',
  servicePermissions: ['READ_DIRECTORY', 'MANAGE_USERS'],
};

describe('Clients registered through the API', () => {
  let server: TestServer;
  let admin: (...scopes: string[]) => Promise<string>;
  beforeAll(async () => {
    server = await sharedServer();
    const user = await server.user({ superuser: true });
    admin = (...scopes) => server.accessToken({ user, scopes });
  });
  afterAll(() => server.close());

  it('a token cannot register a client with scopes that it lacks, and the error lists them', async () => {
    const { body } = await server.graphql(REGISTER, await admin('clients', 'read'), { input: service });
    expect(body.data.registerClient).toMatchObject({ clientSecret: null, client: null });
    expect(body.data.registerClient.errors).toEqual([
      { code: 'INVALID', path: ['input', 'scope'], message: expect.stringContaining('Your token also needs write') },
    ]);
  });

  it('a token with the scopes can register the client, and a lesser token cannot get its secret later', async () => {
    const made = await server.graphql(REGISTER, await admin('clients', 'read', 'write'), { input: service });
    const { clientId } = made.body.data.registerClient.client;
    expect(made.body.data.registerClient.clientSecret).toMatch(/^gcs_/);

    const refused = await server.graphql(ROTATE, await admin('clients'), { clientId });
    expect(refused.body.data.rotateClientSecret).toMatchObject({ clientSecret: null, errors: [{ code: 'INVALID' }] });
    const rotated = await server.graphql(ROTATE, await admin('clients', 'read', 'write'), { clientId });
    expect(rotated.body.data.rotateClientSecret).toMatchObject({
      clientSecret: expect.stringMatching(/^gcs_/),
      errors: [],
    });
  });

  it('a token may register a client that cannot act without a user', async () => {
    const input = { ...service, servicePermissions: [] };
    const { body } = await server.graphql(REGISTER, await admin('clients'), { input });
    expect(body.data.registerClient.errors).toEqual([]);
  });
});
