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

describe('What a person has allowed is remembered, for this person and this client', () => {
  it('S4-07 is not asked again for the same or for less, in any browser', async () => {
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

  it('S4-07 is asked for what is new, for another client, and of another person', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await allow(server, codeRequest(client, { scope: 'read' }), user, browser);

    const more = await browser.get(codeRequest(client, { scope: 'read groups' }));
    expect(isAsked(more)).toBe(true);
    expect(more.forms[0]?.names.filter((name) => name.startsWith('scope '))).toEqual(['scope groups']);
    expect(isAsked(await browser.get(codeRequest(await server.client(), { scope: 'read' })))).toBe(true);
    await reachConsent(server, codeRequest(client, { scope: 'read' }), await server.user());
  });

  it('S4-07 is asked every time by a client that is registered so', async () => {
    const [client, user, browser] = [await server.client({ consent: 'ALWAYS' }), await server.user(), server.browser()];
    await allow(server, codeRequest(client), user, browser);
    expect(isAsked(await browser.get(codeRequest(client)))).toBe(true);

    await updateClient(server.database.em(), theOperator(), client.clientId, { consent: 'REMEMBER' });
    await browser.submit(await browser.get(codeRequest(client)), {}, 'allow');
    expect((await browser.get(codeRequest(client))).location).toContain('code=');
  });

  it('S4-07 is forgotten when the client becomes another one', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await allow(server, codeRequest(client), user, browser);
    await updateClient(server.database.em(), theOperator(), client.clientId, { name: 'Another name' });
    expect(isAsked(await browser.get(codeRequest(client)))).toBe(true);
  });

  it('a refusal is not remembered', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await browser.submit(await reachConsent(server, codeRequest(client), user, browser), {}, 'deny');
    expect(isAsked(await browser.get(codeRequest(client)))).toBe(true);
  });
});

describe('Where they disagree: S3-10, S4-06, S4-07', () => {
  it('consent has a tick box a scope, and a client may have a lifetime of access tokens and a kind of consent, nothing more', async () => {
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

describe('Signing out', () => {
  it('S2-13 ends the session of this browser: the next request signs in again', async () => {
    const [client, user, browser] = [await server.client(), await server.user(), server.browser()];
    await allow(server, codeRequest(client), user, browser);
    const before = new Map(browser.cookies);
    const home = await browser.submit(await browser.get('/logout'));
    expect(home.html).toContain('You are not signed in');
    expect(new URL((await browser.get(codeRequest(client))).url).pathname).toBe('/login');

    // The old cookie is worth nothing, whoever kept it.
    for (const [name, value] of before) browser.cookies.set(name, value);
    expect(new URL((await browser.get(codeRequest(client))).url).pathname).toBe('/login');
  });

  it('S2-13 takes more than a link: a GET asks, and changes nothing', async () => {
    const [user, browser] = [await server.user(), server.browser()];
    await signIn(browser, await browser.get('/login'), user);
    expect((await browser.get('/logout')).html).toContain('Sign out?');
    expect((await browser.get('/')).html).toContain(user.username);
  });
});
