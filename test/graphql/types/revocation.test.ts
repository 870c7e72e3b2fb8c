import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSecret } from '../../../src/crypto/secrets.ts';
import { Client } from '../../../src/store/entities/client.ts';
import { Consent } from '../../../src/store/entities/consent.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

let server: TestServer;
let client: TestClient;
let user: TestUser;
let managing: string;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
  user = await server.user();
  managing = await server.accessToken({ client, user: await server.user({ permissions: ['MANAGE_USERS'] }) });
});
afterAll(() => server?.close());

const issue = async (to: TestClient = client, owner: TestUser = user) =>
  (await server.token({ grant_type: 'password', username: owner.username, password: owner.password }, to)).body;
const isAccepted = async (token: string) => (await server.graphql('{ viewer { sub } }', token)).status === 200;
const revoke = (bearer: string, token: string) => mutate(server, bearer, 'revokeToken', { token }, 'revoked');

describe('GraphQL mutation revokeToken', () => {
  it('revoking an access token leaves the refresh token valid', async () => {
    const [mine, other] = [await issue(), await issue()];
    expect((await revoke(other.access_token, mine.access_token)).revoked).toBe(true);
    expect(await isAccepted(mine.access_token)).toBe(false);
    expect((await revoke(other.access_token, mine.access_token)).revoked).toBe(false);
    const refreshed = await server.token({ grant_type: 'refresh_token', refresh_token: mine.refresh_token }, client);
    expect(refreshed.status).toBe(200);
  });

  it('revoking a refresh token revokes its whole family', async () => {
    const [mine, other] = [await issue(), await issue()];
    expect((await revoke(other.access_token, mine.refresh_token)).revoked).toBe(true);
    expect(await isAccepted(mine.access_token)).toBe(false);
    const refreshed = await server.token({ grant_type: 'refresh_token', refresh_token: mine.refresh_token }, client);
    expect(refreshed.body.error).toBe('invalid_grant');
    expect(await isAccepted(other.access_token)).toBe(true);
  });

  it('revoking an unknown or malformed token is not an error', async () => {
    const { access_token: bearer } = await issue();
    for (const token of ['', 'x', makeSecret('gat'), makeSecret('grt'), makeSecret('gac'), client.secret])
      expect(await revoke(bearer, token)).toEqual({ revoked: false, errors: [] });
  });

  it('revoking a token of another user requires MANAGE_USERS and every permission of that user', async () => {
    const { access_token: mine } = await issue();
    const { access_token: others } = await issue(client, await server.user());
    const superuser = await server.accessToken({ client, user: await server.user({ superuser: true }) });
    expect(await revoke(mine, others)).toBe('FORBIDDEN');
    expect((await revoke(managing, others)).revoked).toBe(true);
    expect(await revoke(managing, superuser)).toBe('FORBIDDEN');
    expect(await isAccepted(superuser)).toBe(true);
    const service = await server.client({ servicePermissions: ['READ_AUDIT'] });
    expect(await revoke(managing, await server.accessToken({ client: service, user: null }))).toBe('FORBIDDEN');
    expect((await revoke(managing, await server.accessToken({ client, user: null }))).revoked).toBe(true);
  });
});

describe('GraphQL mutation revokeAuthorization', () => {
  it('the consent is deleted and all authorizations of that client are revoked', async () => {
    const other = await server.client();
    const em = server.database.em();
    const row = await em.findOneOrFail(Client, { clientId: other.clientId });
    const now = new Date();
    em.persist(em.create(Consent, { user: user.uuid, client: row, scopes: ['read'], createdAt: now, updatedAt: now }));
    await em.flush();
    const [first, second, elsewhere] = [await issue(other), await issue(other), await issue()];

    const result = await mutate(
      server,
      elsewhere.access_token,
      'revokeAuthorization',
      { clientId: other.clientId },
      'clientId revoked',
    );
    expect(result).toEqual({ clientId: other.clientId, revoked: 2, errors: [] });
    expect(await Promise.all([first, second, elsewhere].map(({ access_token }) => isAccepted(access_token)))).toEqual([
      false,
      false,
      true,
    ]);
    expect(await server.database.em().count(Consent, { client: row })).toBe(0);
  });

  it('revoking an authorization of another user requires MANAGE_USERS', async () => {
    const other = await server.user();
    const { access_token: token } = await issue(client, other);
    const { access_token: mine } = await issue();
    const input = { clientId: client.clientId, userId: other.id };
    expect(await mutate(server, mine, 'revokeAuthorization', input)).toBe('FORBIDDEN');
    expect(await isAccepted(token)).toBe(true);
    expect((await mutate(server, managing, 'revokeAuthorization', input, 'revoked')).revoked).toBe(1);
    expect(await isAccepted(token)).toBe(false);
    expect((await mutate(server, managing, 'revokeAuthorization', { ...input, clientId: 'x' })).errors).toMatchObject([
      { code: 'NOT_FOUND' },
    ]);
    expect((await mutate(server, managing, 'revokeAuthorization', { ...input, userId: 'usr_x' })).errors).toMatchObject(
      [{ code: 'NOT_FOUND' }],
    );
  });
});
