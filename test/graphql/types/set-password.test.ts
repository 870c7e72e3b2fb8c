import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let client: TestClient;
let manager: TestUser;
let managing: string;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
  manager = await server.user({ permissions: ['MANAGE_USERS'] });
  managing = await server.accessToken({ client, user: manager });
});
afterAll(() => server?.close());

const SET = 'mutation($input: SetPasswordInput!) { setPassword(input: $input) { errors { code message path } } }';

async function setPassword(input: Record<string, unknown>, token = managing) {
  const { status, body } = await server.graphql(SET, token, { input });
  expect(status).toBe(200);
  return body.data.setPassword.errors;
}

const signIn = (username: string, password: string) =>
  server.token({ grant_type: 'password', username, password }, client);

const wrongPassword = [{ code: 'INVALID', path: ['input', 'currentPassword'] }];

describe('GraphQL mutation setPassword', () => {
  it('188: changing your own password requires the current one and revokes all tokens', async () => {
    const user = await server.user();
    const token = await server.accessToken({ client, user });
    const refresh = (await signIn(user.username, user.password)).body.refresh_token;
    const input = { id: user.id, password: 'a new password' };
    for (const currentPassword of [undefined, 'wrong password', '', 'x'.repeat(5000)])
      expect(await setPassword({ ...input, currentPassword }, token)).toMatchObject(wrongPassword);
    expect(await setPassword({ ...input, currentPassword: user.password }, token)).toEqual([]);

    expect((await server.graphql('{ viewer { sub } }', token)).status).toBe(401);
    const refreshed = await server.token({ grant_type: 'refresh_token', refresh_token: refresh }, client);
    expect(refreshed.body.error).toBe('invalid_grant');
    expect((await signIn(user.username, user.password)).status).toBe(400);
    expect((await signIn(user.username, 'a new password')).status).toBe(200);
  });

  it('MANAGE_USERS can set passwords of others without the current one, but not their own', async () => {
    const other = await server.user();
    expect(await setPassword({ id: manager.id, password: 'a new password' })).toMatchObject(wrongPassword);
    expect(await setPassword({ id: other.id, password: 'a new password' })).toEqual([]);
    expect((await signIn(other.username, 'a new password')).status).toBe(200);
  });

  it('setting the password of another user without MANAGE_USERS is forbidden', async () => {
    const [user, other] = [await server.user(), await server.user()];
    const token = await server.accessToken({ client, user });
    const input = { id: other.id, password: 'a new password', currentPassword: other.password };
    const { body } = await server.graphql(SET, token, { input });
    expect(body).toMatchObject({ data: { setPassword: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect((await signIn(other.username, other.password)).status).toBe(200);
  });
});
