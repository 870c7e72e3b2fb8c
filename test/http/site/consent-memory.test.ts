import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateClient } from '../../../src/oauth/registration/update.ts';
import { allow, codeRequest, reachConsent, responseParams, signIn } from '../../support/authorize.ts';
import type { Page } from '../../support/browser.ts';
import { theOperator } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const isAsked = (page: Page): boolean => page.status === 200 && new URL(page.url).pathname === '/consent';

describe('Consent is remembered for one user and one client', () => {
  it('S4-07: the user is not asked again for the same scopes or fewer, in any browser', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await allow(server, codeRequest(client, { scope: 'read groups' }), user, browser);
    for (const scope of ['read groups', 'groups', 'read']) {
      const page = await browser.get(codeRequest(client, { scope, state: scope }));
      expect(responseParams(page.location ?? '')).toMatchObject({ code: expect.stringMatching(/^gac_/), state: scope });
    }
    const other = server.browser();
    const page = await signIn(other, await other.get(codeRequest(client, { scope: 'read' })), user);
    expect(responseParams(page.location ?? '')).toHaveProperty('code');
  });

  it('S4-07: the user is asked for new scopes and other clients, and other users are asked as well', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await allow(server, codeRequest(client, { scope: 'read' }), user, browser);

    const more = await browser.get(codeRequest(client, { scope: 'read groups' }));
    expect(isAsked(more)).toBe(true);
    expect(more.forms[0]?.names.filter((name) => name.startsWith('scope '))).toEqual(['scope groups']);
    expect(isAsked(await browser.get(codeRequest(await server.client(), { scope: 'read' })))).toBe(true);
    await reachConsent(server, codeRequest(client, { scope: 'read' }), await server.user());
  });

  it('S4-07: the user is asked every time by a client registered for that', async () => {
    const [client, user, browser] = [await server.client({ consent: 'ALWAYS' }), await server.user(), server.browser()];
    await allow(server, codeRequest(client), user, browser);
    expect(isAsked(await browser.get(codeRequest(client)))).toBe(true);

    await updateClient(server.database.em(), theOperator(), client.clientId, { consent: 'REMEMBER' });
    await browser.submit(await browser.get(codeRequest(client)), {}, 'allow');
    expect((await browser.get(codeRequest(client))).location).toContain('code=');
  });

  it('S4-07: the consent is forgotten if the client is changed', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await allow(server, codeRequest(client), user, browser);
    await updateClient(server.database.em(), theOperator(), client.clientId, { name: 'Another name' });
    expect(isAsked(await browser.get(codeRequest(client)))).toBe(true);
  });

  it('a denial is not remembered', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await browser.submit(await reachConsent(server, codeRequest(client), user, browser), {}, 'deny');
    expect(isAsked(await browser.get(codeRequest(client)))).toBe(true);
  });
});

describe('Where they disagree: S3-10, S4-06, S4-07', () => {
  it('S3-10, S4-06: each scope has a tick box, and a client can set only its access token lifetime and when to ask', async () => {
    const [client, user] = [await server.client({ accessTokenTtl: 120, consent: 'ALWAYS' }), await server.user()];
    const page = await reachConsent(server, codeRequest(client, { scope: 'read groups' }), user);
    expect(page.forms[0]?.names).toEqual(expect.arrayContaining(['scope read', 'scope groups']));
    expect((await server.token({ grant_type: 'client_credentials' }, client)).body.expires_in).toBe(120);

    const query = '{ __type(name: "Client") { fields { name } } }';
    const { body } = await server.graphql(query, await server.accessToken({ user }));
    const names = body.data.__type.fields.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => /ttl|life|expire|consent|authorize/i.test(name))).toEqual([
      'accessTokenTtl',
      'consent',
    ]);
  });
});

describe('Sign-out and consent', () => {
  it('S2-13: signing out ends the session of this browser, and the next request needs a sign-in', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await allow(server, codeRequest(client), user, browser);
    const before = new Map(browser.cookies);
    const home = await browser.submit(await browser.get('/logout'));
    expect(home.html).toContain('You are not signed in');
    expect(new URL((await browser.get(codeRequest(client))).url).pathname).toBe('/login');

    // A copy of the old cookie no longer works.
    for (const [name, value] of before) browser.cookies.set(name, value);
    expect(new URL((await browser.get(codeRequest(client))).url).pathname).toBe('/login');
  });

  it('S2-13: a GET only asks for confirmation and changes nothing', async () => {
    const [user, browser] = [await server.user(), server.browser()];
    await signIn(browser, await browser.get('/login'), user);
    expect((await browser.get('/logout')).html).toContain('Sign out?');
    expect((await browser.get('/')).html).toContain(user.username);
  });
});
