import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest, issueCode, reachConsent, responseParams, sentTo } from '../../support/authorize.ts';
import type { Browser } from '../../support/browser.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { sessionsOf, whoIs } from '../../support/sessions.ts';
import { bearerStatus, exchange, expectRevoked, type TokenPair, tokenPair } from '../../support/token-forms.ts';

let server: TestServer;
let client: TestClient;
let admin: string;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
  admin = await server.accessToken({ client, user: await server.user({ superuser: true }) });
});
afterAll(() => server.close());

const NEW = 'quite another password';
const SET = 'mutation($input: SetPasswordInput!) { setPassword(input: $input) { user { id } errors { code } } }';

/** The error codes of the mutation. */
async function setPassword(token: string, input: Record<string, string>): Promise<unknown> {
  const { body } = await server.graphql(SET, token, { input });
  return body.data.setPassword.errors;
}

const change = ({ id, password: currentPassword }: TestUser, token: string) =>
  setPassword(token, { id, password: NEW, currentPassword });

/** A browser in which the user has signed in and allowed the client, and the tokens the client got. */
async function signedInWith(user: TestUser, app = client): Promise<{ browser: Browser; pair: TokenPair }> {
  const browser = server.browser();
  const page = await reachConsent(server, codeRequest(app), user, browser);
  const { code = '' } = responseParams(sentTo(await browser.submit(page, {}, 'allow')));
  const { body } = await server.token(exchange(code), app);
  return { browser, pair: body };
}

const signInStatus = async ({ username }: TestUser, password: string): Promise<number> =>
  (await server.token({ grant_type: 'password', username, password }, client)).status;

describe('OWASP ASVS 5 §7.4.3, RFC 9700 §4.14.2: a new password', () => {
  it('J188, F110: the session that set the password stays, and everything else ends', async () => {
    const [user, bystander] = [await server.user(), await server.user()];
    const others = await signedInWith(bystander);
    const [app, late] = [await server.client(), await server.client()];
    const [here, there] = [await signedInWith(user), await signedInWith(user, await server.client())];
    const elsewhere = await tokenPair(server, app, {}, user);
    const code = await issueCode(server, late, {}, user);
    const direct = await server.accessToken({ client, user });

    expect(await change(user, here.pair.access_token)).toEqual([]);
    expect([await whoIs(here.browser), await whoIs(there.browser)]).toEqual([user.username, undefined]);
    expect(await sessionsOf(server, user)).toBe(1);
    for (const token of [here.pair.access_token, there.pair.access_token, direct])
      expect(await bearerStatus(server, token)).toBe(401);
    await expectRevoked(server, client, here.pair);
    await expectRevoked(server, app, elsewhere);
    expectTokenError(await server.token(exchange(code), late), 400, 'invalid_grant');
    expect([await signInStatus(user, user.password), await signInStatus(user, NEW)]).toEqual([400, 200]);

    expect(await whoIs(others.browser)).toBe(bystander.username);
    expect(await bearerStatus(server, others.pair.access_token)).toBe(200);
    // In the session that stayed, an app can be allowed again at once.
    const consent = await here.browser.get(codeRequest(await server.client()));
    expect(consent.html).toContain('name="decision"');
  });

  it('J188: a password set with a token from no browser session ends every session', async () => {
    const user = await server.user();
    const { browser, pair } = await signedInWith(user);
    expect(await change(user, await server.accessToken({ client, user }))).toEqual([]);
    expect(await whoIs(browser)).toBeUndefined();
    await expectRevoked(server, client, pair);
  });

  it('J188: a password set by an administrator ends every session of the user and none of the administrator', async () => {
    const [user, boss] = [await server.user(), await server.user({ superuser: true })];
    const { browser, pair } = await signedInWith(user);
    const office = await signedInWith(boss);
    expect(await setPassword(office.pair.access_token, { id: user.id, password: NEW })).toEqual([]);
    expect([await whoIs(browser), await whoIs(office.browser)]).toEqual([undefined, boss.username]);
    await expectRevoked(server, client, pair);
    expect(await bearerStatus(server, office.pair.access_token)).toBe(200);
  });

  it('J188: without the current password nothing is set and nothing ends', async () => {
    const user = await server.user();
    const { browser, pair } = await signedInWith(user);
    for (const currentPassword of ['wrong', ''])
      expect(await setPassword(pair.access_token, { id: user.id, password: NEW, currentPassword })).toHaveLength(1);
    expect(await whoIs(browser)).toBe(user.username);
    expect(await bearerStatus(server, pair.access_token)).toBe(200);
  });
});

describe('OWASP ASVS 5 §7.4.2: a disabled account', () => {
  it('F110: a disabled user loses sessions, tokens and refresh tokens, and enabling the user restores none', async () => {
    const user = await server.user();
    const { browser, pair } = await signedInWith(user);
    const UPDATE = 'mutation($input: UpdateUserInput!) { updateUser(input: $input) { errors { code } } }';
    const set = (disabled: boolean) => server.graphql(UPDATE, admin, { input: { id: user.id, disabled } });
    await set(true);
    expect(await whoIs(browser)).toBeUndefined();
    await expectRevoked(server, client, pair);
    expect(await signInStatus(user, user.password)).toBe(400);
    await set(false);
    expect(await whoIs(browser)).toBeUndefined();
    await expectRevoked(server, client, pair);
    expect(await signInStatus(user, user.password)).toBe(200);
  });
});

describe('OWASP ASVS 5 §10.7.3: a user revokes the access of an app', () => {
  it('J191: all tokens of the client are revoked at once, and it must ask again', async () => {
    const user = await server.user();
    const app = await server.client();
    const { browser, pair } = await signedInWith(user, app);
    const kept = await signedInWith(user);
    const { body } = await server.graphql(
      'mutation($input: RevokeAuthorizationInput!) { revokeAuthorization(input: $input) { revoked } }',
      kept.pair.access_token,
      { input: { clientId: app.clientId } },
    );
    expect(body.data.revokeAuthorization).toEqual({ revoked: 1 });
    expect(await bearerStatus(server, pair.access_token)).toBe(401);
    expectTokenError(
      await server.token({ grant_type: 'refresh_token', refresh_token: pair.refresh_token }, app),
      400,
      'invalid_grant',
    );
    expect(await bearerStatus(server, kept.pair.access_token)).toBe(200);
    expect((await browser.get(codeRequest(app))).html).toContain('name="decision"');
  });
});
