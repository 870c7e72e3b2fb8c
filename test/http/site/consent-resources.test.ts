import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow, codeRequest, issueCode, reachConsent, responseParams } from '../../support/authorize.ts';
import type { Page } from '../../support/browser.ts';
import { introspect } from '../../support/client-endpoints.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { exchange, refreshing } from '../../support/token-forms.ts';

let server: TestServer;
let own: string;
beforeAll(async () => {
  server = await sharedServer();
  own = `${server.config.issuer}/graphql`;
});
afterAll(() => server.close());

const API = 'https://api.example/v1';
const OTHER = 'https://api2.example/v1';
const register = () => server.client({ resources: [API, OTHER] });

const asksFor = ({ forms }: Page): string[] =>
  (forms[0]?.names ?? []).filter((name) => name.startsWith('scope ')).map((name) => name.slice(6));

describe('A consent is for scopes and for the APIs at which they are used', () => {
  it('another API asks again for every scope, and names the API', async () => {
    const [client, user, browser] = [await register(), await server.user(), server.browser()];
    await allow(server, codeRequest(client, { scope: 'read groups' }), user, browser);
    for (const resource of [API, OTHER]) {
      const path = codeRequest(client, { scope: 'read', resource });
      const page = await browser.get(path);
      expect(asksFor(page)).toEqual(['read']);
      expect(page.html).toContain(`<li class="host">${resource}</li>`);
      await browser.submit(page, {}, 'allow');
      expect(responseParams((await browser.get(path)).location ?? '')).toHaveProperty('code');
    }
  });

  it('what was allowed at one API is not allowed at another', async () => {
    const [client, user, browser] = [await register(), await server.user(), server.browser()];
    await allow(server, codeRequest(client, { scope: 'read', resource: API }), user, browser);
    await browser.submit(await browser.get(codeRequest(client, { scope: 'groups', resource: OTHER })), {}, 'allow');
    for (const [scope, resource] of [
      ['groups', API],
      ['read', OTHER],
      ['read', undefined],
    ] as const)
      expect(asksFor(await browser.get(codeRequest(client, { scope, resource })))).toEqual([scope]);
    const none = await browser.get(codeRequest(client, { scope: 'read', resource: OTHER, prompt: 'none' }));
    expect(responseParams(none.location ?? '')).toMatchObject({ error: 'consent_required' });
  });

  it('this server itself is never another API', async () => {
    const [client, user, browser] = [await register(), await server.user(), server.browser()];
    await allow(server, codeRequest(client, { scope: 'read' }), user, browser);
    const page = await browser.get(codeRequest(client, { scope: 'read', resource: own }));
    expect(responseParams(page.location ?? '')).toHaveProperty('code');
  });

  it('RFC 8707 §2.2: an API that the user has not seen cannot be requested at the exchange, this server can', async () => {
    const client = await register();
    const code = await issueCode(server, client, { scope: 'read' });
    expectTokenError(await server.token(exchange(code, { resource: API }), client), 400, 'invalid_target');
    const { status, body } = await server.token(exchange(code, { resource: own }), client);
    expect(status).toBe(200);
    expect((await introspect(server, body.access_token, client)).body.aud).toEqual([own]);
    const refreshed = refreshing(body.refresh_token, { resource: API });
    expectTokenError(await server.token(refreshed, client), 400, 'invalid_target');
  });
});

describe('After a password change', () => {
  it('every app asks again, and only what is allowed then is remembered', async () => {
    const [client, user, browser] = [await register(), await server.user(), server.browser()];
    await allow(server, codeRequest(client, { scope: 'read groups' }), user, browser);
    const token = await server.accessToken({ user, scopes: ['write'] });
    const password = 'a lantern for the night';
    const input = `id: "${user.id}", currentPassword: "${user.password}", password: "${password}"`;
    const { body } = await server.graphql(`mutation { setPassword(input: { ${input} }) { errors { code } } }`, token);
    expect(body.data.setPassword.errors).toEqual([]);

    const again = server.browser();
    const page = await reachConsent(
      server,
      codeRequest(client, { scope: 'read groups' }),
      { ...user, password },
      again,
    );
    expect(asksFor(page)).toEqual(['read', 'groups']);
    const silent = await again.get(codeRequest(client, { scope: 'read', prompt: 'none' }));
    expect(responseParams(silent.location ?? '')).toMatchObject({ error: 'consent_required' });
    const account = (await again.get('/account')).html;
    expect(account).toContain('See groups and their members');

    await again.submit(page, { 'scope groups': undefined }, 'allow');
    expect((await again.get(codeRequest(client, { scope: 'read' }))).location).toContain('code=');
    expect(asksFor(await again.get(codeRequest(client, { scope: 'read groups' })))).toEqual(['groups']);
  });
});
