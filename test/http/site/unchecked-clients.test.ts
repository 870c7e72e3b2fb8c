import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate } from '../../graphql/mutate.ts';
import { allow, codeRequest, reachConsent } from '../../support/authorize.ts';
import type { Page } from '../../support/browser.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { expectPageHeaders } from '../../support/page-rules.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let managing: string;
let owning: string;
beforeAll(async () => {
  server = await sharedServer();
  managing = await server.accessToken({ user: await server.user({ permissions: ['MANAGE_CLIENTS'] }) });
  owning = await server.accessToken({ user: await server.user() });
});
afterAll(() => server.close());

const BACK = 'https://phish.example/login';
const OWN = {
  name: 'A tempting app',
  scope: 'openid profile read groups',
  grantTypes: ['authorization_code'],
  redirectUris: [BACK],
  postLogoutRedirectUris: [BACK],
};

async function ownClient(): Promise<TestClient> {
  const { client, errors } = await mutate(server, owning, 'registerClient', OWN, 'client { clientId }');
  expect(errors).toEqual([]);
  return { clientId: client.clientId, secret: '' };
}

const PKCE = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
const request = (client: TestClient, query: Record<string, string> = {}) =>
  codeRequest(client, { redirect_uri: BACK, scope: 'read', ...PKCE, ...query });

/** Links that would redirect to the client without any decision of the user. */
const links = (client: TestClient): string[] => [
  request(client, { response_type: 'nonsense' }),
  request(client, { code_challenge_method: 'plain' }),
  request(client, { prompt: 'none' }),
  `/oauth/logout?${new URLSearchParams({ client_id: client.clientId, post_logout_redirect_uri: BACK })}`,
];

function expectLeavingPage(page: Page): void {
  expectPageHeaders(page.headers);
  expect(page.location).toBeUndefined();
  expect(page.html).toContain('Continue to phish.example');
  expect(page.html).toContain(`href="${BACK}`);
  expect(page.html).toContain('has not been checked by an administrator');
}

describe('RFC 9700 §4.11.2: the client of a user, which no administrator has approved', () => {
  it('is reached only through a page that names its host', async () => {
    const client = await ownClient();
    for (const link of links(client)) expectLeavingPage(await server.browser().get(link));
    const denied = server.browser();
    const consent = await reachConsent(server, request(client), await server.user(), denied);
    expectLeavingPage(await denied.submit(consent, {}, 'deny'));
  });

  it('gets its errors from a user who has allowed it before, in the browser where they are signed in', async () => {
    const [client, user, browser] = [await ownClient(), await server.user(), server.browser()];
    expect(await allow(server, request(client), user, browser)).toContain(`${BACK}?code=`);
    for (const link of links(client).slice(0, 2))
      expect((await browser.get(link)).location).toContain(`${BACK}?error=`);
    const more = await browser.get(request(client, { scope: 'read groups', prompt: 'none' }));
    expect(more.location).toContain('error=consent_required');
    for (const link of links(client)) expectLeavingPage(await server.browser().get(link));

    const question = await browser.get(links(client)[3] ?? '');
    expect((await browser.submit(question, {})).location).toBe(BACK);
  });

  it('is like any other once it is approved, until its name or a redirect URI changes', async () => {
    const client = await ownClient();
    const { clientId } = client;
    const selection = 'client { approvedAt }';
    expect(await mutate(server, owning, 'approveClient', { clientId })).toBe('FORBIDDEN');
    const builtIn = await mutate(server, managing, 'approveClient', { clientId: 'gatehouse-graphiql' });
    expect(builtIn).toMatchObject({ errors: [{ code: 'INVALID', path: ['input', 'clientId'] }] });
    for (const change of [
      { name: 'Another app' },
      { redirectUris: [BACK, 'https://phish.example/2'] },
      { postLogoutRedirectUris: [BACK, 'https://phish.example/3'] },
    ]) {
      const approved = await mutate(server, managing, 'approveClient', { clientId }, selection);
      expect(approved).toMatchObject({ errors: [], client: { approvedAt: expect.any(String) } });
      for (const link of links(client)) expect((await server.browser().get(link)).location).toContain(BACK);
      const same = await mutate(server, owning, 'updateClient', { clientId, consent: 'ALWAYS' }, selection);
      expect(same.client.approvedAt).not.toBeNull();
      const changed = await mutate(server, owning, 'updateClient', { clientId, ...change }, selection);
      expect(changed).toMatchObject({ errors: [], client: { approvedAt: null } });
      for (const link of links(client)) expectLeavingPage(await server.browser().get(link));
    }
    const events = await server.database
      .em()
      .execute(`SELECT detail FROM audit_events WHERE kind = 'client.approved' AND detail->>'client' = ?`, [clientId]);
    expect(events).toHaveLength(3);
  });

  it('cannot have the name or the host of this server', async () => {
    const { host, hostname } = new URL(server.config.issuer);
    for (const name of ['Gatehouse', 'GATE HOUSE', 'ｇatehouse', host, hostname.toUpperCase()]) {
      const { errors } = await mutate(server, owning, 'registerClient', { ...OWN, name });
      expect(errors).toMatchObject([{ code: 'INVALID', path: ['input', 'name'] }]);
      const { clientId } = await ownClient();
      expect((await mutate(server, owning, 'updateClient', { clientId, name })).errors).toHaveLength(1);
      await mutate(server, owning, 'deleteClient', { clientId });
    }
    expect((await mutate(server, managing, 'registerClient', { ...OWN, name: 'Gatehouse' })).errors).toEqual([]);
  });

  it('of an operator, or of a user with MANAGE_CLIENTS, needs no approval', async () => {
    const { client } = await mutate(server, managing, 'registerClient', OWN, 'client { clientId }');
    for (const link of links({ clientId: client.clientId, secret: '' }))
      expect((await server.browser().get(link)).location).toContain(BACK);
  });
});
