import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../graphql/mutate.ts';
import { changeAccount, signInElsewhere } from '../support/account.ts';
import { issueCode } from '../support/authorize.ts';
import { type TestClient, type TestUser, unique } from '../support/fixtures.ts';
import { verifyIdToken } from '../support/id-tokens.ts';
import { read } from '../support/send.ts';
import { sharedServer, type TestServer } from '../support/server.ts';
import { exchange } from '../support/token-forms.ts';

let server: TestServer;
let managing: string;
let plain: TestClient;
let registered: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  managing = await server.accessToken({ user: await server.user({ permissions: ['MANAGE_USERS'] }) });
  plain = await server.client();
  registered = await server.client({ unverifiedEmail: true });
});
afterAll(() => server.close());

const address = () => `${unique('ceo')}@example.com`;

async function claim(user: TestUser, email: string) {
  const token = await server.accessToken({ user });
  const input = { id: user.id, email, currentPassword: user.password };
  return mutate(server, token, 'updateUser', input, 'user { emailVerified }');
}

const signsIn = async (email: string, { password }: TestUser): Promise<boolean> =>
  (await server.token({ grant_type: 'password', username: email, password }, plain)).status === 200;

/** The address that a client gets at each place. */
async function emailsFor(client: TestClient, user: TestUser) {
  const code = await issueCode(server, client, { scope: 'openid email' }, user);
  const { body } = await server.token(exchange(code), client);
  const bearer = { headers: { Authorization: `Bearer ${body.access_token}` } };
  const info = (await read(await server.request('/oauth/userinfo', bearer))).body;
  const viewer = (await server.graphql('{ viewer { email } }', body.access_token)).body.data.viewer;
  return [(await verifyIdToken(server, client, body.id_token)).claims?.email, info.email, viewer.email ?? undefined];
}

describe('An email address that the user typed and nobody confirmed', () => {
  it('says nothing about other users, takes nothing from them, and signs nobody in', async () => {
    const [owner, later] = [await server.user(), await server.user()];
    const thief = await server.user({ password: 'another long password' });
    expect((await claim(thief, owner.email)).errors).toEqual([]);
    expect([await signsIn(owner.email, owner), await signsIn(owner.email, thief)]).toEqual([true, false]);
    const free = address();
    expect((await claim(thief, free)).errors).toEqual([]);
    expect((await claim(later, free)).errors).toEqual([]);
    for (const user of [thief, later]) expect(await signsIn(free, user)).toBe(false);
    const { errors } = await mutate(server, managing, 'createUser', { username: unique('ceo'), email: free });
    expect(errors).toEqual([]);
    const taken = await mutate(server, managing, 'updateUser', { id: thief.id, emailVerified: true });
    expect(taken.errors).toMatchObject([{ code: 'TAKEN', path: ['input', 'email'] }]);
  });

  it('is returned only to clients that are registered for it, until an administrator confirms it', async () => {
    const [user, email] = [await server.user(), address()];
    expect(await emailsFor(plain, user)).toEqual([user.email, user.email, user.email]);
    await claim(user, email);
    expect(await emailsFor(plain, user)).toEqual([undefined, undefined, undefined]);
    expect(await emailsFor(registered, user)).toEqual([email, email, email]);
    const seen = await server.graphql(`{ user(id: "${user.id}") { email } }`, managing);
    expect(seen.body.data.user.email).toBe(email);

    expect((await mutate(server, managing, 'updateUser', { id: user.id, emailVerified: true })).errors).toEqual([]);
    expect(await emailsFor(plain, user)).toEqual([email, email, email]);
    expect(await signsIn(email, user)).toBe(true);
  });

  it('is shown as such on the account page, where it is typed as well', async () => {
    const [user, email] = [await server.user(), address()];
    const browser = await signInElsewhere(server, user);
    const fields = { email, currentPassword: user.password };
    const page = await changeAccount(browser, await browser.get('/account'), 'email', fields);
    expect(page.html).toContain('Not confirmed');
    expect(await signsIn(email, user)).toBe(false);
    expect((await mutate(server, managing, 'updateUser', { id: user.id, email })).errors).toEqual([]);
    expect(await signsIn(email, user)).toBe(true);
  });
});
