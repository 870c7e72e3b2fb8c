import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setPassword } from '../../../src/directory/set-password.ts';
import { noRateLimits } from '../../../src/store/rate-limits.ts';
import { codeRequest, responseParams, sentTo } from '../../support/authorize.ts';
import { theOperator } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

describe('Concurrent and late sign-ins', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await sharedServer();
  });
  afterAll(() => server.close());

  it('J173: a double click on "Sign in" still leads to the consent page', async () => {
    const user = await server.user();
    const browser = server.browser();
    const login = await browser.get(codeRequest(await server.client(), { state: 's' }));
    const twin = server.browser();
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value);

    await browser.submit(login, { username: user.username, password: user.password });
    const consent = await twin.submit(login, { username: user.username, password: user.password });
    const { code, state } = responseParams(sentTo(await twin.submit(consent, {}, 'allow')));
    expect(code).toMatch(/^gac_/);
    expect(state).toBe('s');
  });

  it('J167: another browser that sends the same form cannot use the request of the first user', async () => {
    const [alice, mallory] = [await server.user(), await server.user()];
    const browser = server.browser();
    const login = await browser.get(codeRequest(await server.client()));
    const twin = server.browser();
    for (const [name, value] of browser.cookies) twin.cookies.set(name, value);

    await browser.submit(login, { username: alice.username, password: alice.password });
    const page = await twin.submit(login, { username: mallory.username, password: mallory.password });
    expect(page.status).toBe(400);
  });

  it('N265: a password grant or a sign-in that races a password change leaves no active token or session', async () => {
    const client = await server.client();
    for (let round = 0; round < 5; round++) {
      const user = await server.user();
      const { username, password } = user;
      const browser = server.browser();
      const login = await browser.get('/login');
      const [granted] = await Promise.all([
        server.token({ grant_type: 'password', username, password }, client),
        browser.submit(login, { username, password }),
        setPassword(server.database.em(), noRateLimits, theOperator(), user.uuid, { password: 'another one entirely' }),
      ]);
      if (granted.status === 200)
        expect((await server.graphql('{ viewer { sub } }', granted.body.access_token)).status).toBe(401);
      expect((await browser.get('/')).html).toContain('You are not signed in');
    }
  });
});
