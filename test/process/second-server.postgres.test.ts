import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../graphql/mutate.ts';
import { codeRequest, reachConsent, responseParams, sentTo } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { introspect, revoke } from '../support/client-endpoints.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import type { TestClient, TestUser } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { whoIs } from '../support/sessions.ts';
import { bearerStatus, exchange, refreshing, type TokenPair } from '../support/token-forms.ts';

let home: TestDatabase;
let here: TestServer;
let there: TestServer;
let admin: string;
let watcher: TestClient;
beforeAll(async () => {
  home = await migratedDatabase();
  const env = { ISSUER: 'http://localhost:4400' };
  [here, there] = await Promise.all([startServer(env, home), startServer(env, home)]);
  admin = await here.accessToken({ user: await here.user({ superuser: true }) });
  watcher = await here.client({ servicePermissions: ['INTROSPECT'] });
});
afterAll(async () => {
  await here.close();
  await there.close();
  await home.remove();
});

interface SignedIn {
  readonly user: TestUser;
  readonly client: TestClient;
  readonly pair: TokenPair;
  /** Sends its requests to the second server. */
  readonly browser: Browser;
}

/** A user who signed in and allowed the client on the second server, which has just used their tokens. */
async function signInThere(): Promise<SignedIn> {
  const [user, client] = [await here.user(), await here.client()];
  const browser = new Browser(there.config.issuer, (path, init) => there.request(path, init));
  const page = await reachConsent(there, codeRequest(client), user, browser);
  const { code = '' } = responseParams(sentTo(await browser.submit(page, {}, 'allow')));
  const { body: pair } = await there.token(exchange(code), client);
  expect(await state({ user, client, pair, browser })).toEqual({ token: 200, active: true, session: true });
  return { user, client, pair, browser };
}

/** The current state at the second server. */
async function state({ user, pair, browser }: SignedIn) {
  return {
    token: await bearerStatus(there, pair.access_token),
    active: (await introspect(there, pair.access_token, watcher)).body.active,
    session: (await whoIs(browser)) === user.username,
  };
}

const alter = async (name: string, input: Record<string, unknown>) =>
  expect((await mutate(here, admin, name, input)).errors).toEqual([]);

const REVOKED: [what: string, change: (held: SignedIn) => Promise<unknown>, session: boolean, refresh: string][] = [
  ['the user is disabled', ({ user }) => alter('updateUser', { id: user.id, disabled: true }), false, 'invalid_grant'],
  ['the user is deleted', ({ user }) => alter('deleteUser', { id: user.id }), false, 'invalid_grant'],
  [
    'the password is set by somebody else',
    ({ user }) => alter('setPassword', { id: user.id, password: 'another password' }),
    false,
    'invalid_grant',
  ],
  [
    'the client is disabled',
    ({ client }) => alter('updateClient', { clientId: client.clientId, disabled: true }),
    true,
    'invalid_client',
  ],
  [
    'the client is deleted',
    ({ client }) => alter('deleteClient', { clientId: client.clientId }),
    true,
    'invalid_client',
  ],
  [
    'the consent is withdrawn',
    ({ user, client }) => alter('revokeAuthorization', { clientId: client.clientId, userId: user.id }),
    true,
    'invalid_grant',
  ],
  [
    'the refresh token is revoked',
    ({ client, pair }) => revoke(here, pair.refresh_token, client),
    true,
    'invalid_grant',
  ],
  [
    'the refresh token is replayed',
    async ({ client, pair }) => {
      const { body } = await here.token(refreshing(pair.refresh_token), client);
      await here.token(refreshing(body.refresh_token), client);
      await here.token(refreshing(pair.refresh_token), client);
    },
    true,
    'invalid_grant',
  ],
  [
    'an administrator revokes it',
    ({ pair }) => alter('revokeToken', { token: pair.refresh_token }),
    true,
    'invalid_grant',
  ],
];

describe('ASVS 5 §7.4.1: a revocation on one server takes effect on the other at the next request', () => {
  it.each(REVOKED)('G113, F110: the tokens are invalid once %s', async (_, change, session, refresh) => {
    const all = await signInThere();
    await change(all);
    expect(await state(all)).toEqual({ token: 401, active: false, session });
    const { body } = await there.token(refreshing(all.pair.refresh_token), all.client);
    expect(body.error).toBe(refresh);
  });

  it('an access token can be revoked alone', async () => {
    const all = await signInThere();
    await revoke(here, all.pair.access_token, all.client);
    expect(await state(all)).toEqual({ token: 401, active: false, session: true });
    expect((await there.token(refreshing(all.pair.refresh_token), all.client)).status).toBe(200);
  });

  it('a removed permission gives no access', async () => {
    const manager = await here.user({ permissions: ['MANAGE_USERS'] });
    const token = await here.accessToken({ user: manager });
    const target = await here.user();
    const rename = (firstName: string) => mutate(there, token, 'updateUser', { id: target.id, firstName });
    expect((await rename('Ada')).errors).toEqual([]);
    const { body } = await here.graphql(`{ user(id: "${manager.id}") { groups { nodes { id } } } }`, admin);
    const groupId = body.data.user.groups.nodes[0].id;
    await alter('removeGroupMember', { groupId, userId: manager.id });
    expect(await rename('Eve')).toBe('FORBIDDEN');
  });

  it('a sign-out on one server ends the session on the other', async () => {
    const all = await signInThere();
    const browser = new Browser(here.config.issuer, (path, init) => here.request(path, init));
    for (const [name, value] of all.browser.cookies) browser.cookies.set(name, value);
    await browser.submit(await browser.get('/logout'));
    expect(await state(all)).toMatchObject({ session: false });
  });
});
