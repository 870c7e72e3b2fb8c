import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateClient } from '../../src/oauth/registration/update.ts';
import { codeRequest, reachConsent, responseParams, sentTo } from '../support/authorize.ts';
import { introspect } from '../support/client-endpoints.ts';
import { theOperator } from '../support/fixtures.ts';
import { expectTokenError } from '../support/invariants.ts';
import { sharedServer, type TestServer } from '../support/server.ts';
import { bearerStatus, exchange, refreshing } from '../support/token-forms.ts';

let server: TestServer;
let own: string;
beforeAll(async () => {
  server = await sharedServer();
  own = `${server.config.issuer}/graphql`;
});
afterAll(() => server.close());

const API = 'https://api.example/v1?tenant=1';
const OTHER = 'urn:example:invoices';
const register = () => server.client({ resources: [API, OTHER] });

/** A form with a repeated parameter. */
const withResources = (form: Record<string, string>, resources: readonly string[]): URLSearchParams =>
  new URLSearchParams([...Object.entries(form), ...resources.map((resource) => ['resource', resource])]);

const DIRECT = { grant_type: 'client_credentials' };

/** The code for an authorization request with these resources that the user allows. */
async function allowed(client: Awaited<ReturnType<typeof register>>, resources: readonly string[]) {
  const path = `${codeRequest(client, { scope: 'read openid', state: 's' })}&${withResources({}, resources)}`;
  const browser = server.browser();
  const page = await reachConsent(server, path, await server.user(), browser);
  const { code = '' } = responseParams(sentTo(await browser.submit(page, {}, 'allow')));
  return { code, page };
}

describe('RFC 8707 §2: a client requests a token for certain APIs', () => {
  it('a token can be limited to several APIs, and introspection lists them', async () => {
    const client = await register();
    for (const resources of [[API], [API, OTHER], [own], [server.config.issuer, API]]) {
      const { status, body } = await server.token(withResources(DIRECT, resources), client);
      expect(status).toBe(200);
      expect((await introspect(server, body.access_token, client)).body).toMatchObject({
        active: true,
        aud: resources,
      });
    }
    const plain = await server.token(DIRECT, client);
    expect((await introspect(server, plain.body.access_token, client)).body).not.toHaveProperty('aud');
  });

  it.each([
    'https://evil.example',
    'https://api.example/v1',
    `${API}#x`,
    'not a URI',
    '/graphql',
    'https://api.example/V1?tenant=1',
    'https://api.example/v1/?tenant=1',
    'https://api.example:444/v1?tenant=1',
    'https://x@api.example/v1?tenant=1',
    'http://api.example/v1?tenant=1',
    `${API} ${OTHER}`,
    '*',
  ])('the resource %s is rejected', async (resource) => {
    const client = await register();
    expectTokenError(await server.token(withResources(DIRECT, [resource]), client), 400, 'invalid_target');
    expectTokenError(await server.token(withResources(DIRECT, [API, resource]), client), 400, 'invalid_target');
    const path = `${codeRequest(client, { state: 's' })}&${withResources({}, [resource])}`;
    const page = await server.browser().get(path);
    expect(responseParams(sentTo(page))).toMatchObject({
      error: 'invalid_target',
      state: 's',
      iss: server.config.issuer,
    });
  });

  it.each([
    [API, 'HTTPS://API.Example:443/v1?tenant=1'],
    ['https://mcp.example', 'https://mcp.example/'],
    ['https://mcp.example/', 'https://mcp.example'],
    ['https://mcp.example?a=b', 'https://mcp.example/?a=b'],
    ['http://[2001:DB8::1]', 'http://[2001:db8::1]:80/'],
  ])('%s can be requested as %s, and the token has the registered spelling', async (registered, sent) => {
    const client = await server.client({ resources: [registered] });
    const { status, body } = await server.token(withResources(DIRECT, [sent, registered]), client);
    expect(status).toBe(200);
    expect((await introspect(server, body.access_token, client)).body.aud).toEqual([registered]);
  });

  it('the own API is recognized as a URL parser writes it, and the error names an unknown resource', async () => {
    const client = await register();
    const { body } = await server.token(withResources(DIRECT, [new URL(server.config.issuer).href]), client);
    expect((await introspect(server, body.access_token, client)).body.aud).toEqual([server.config.issuer]);
    const unknown = await server.token(withResources(DIRECT, ['https://evil.example/"\\é']), client);
    expect(unknown.body.error_description).toContain("The resource 'https://evil.example/'??' is unknown");
  });

  it('too many resources and the resources of another client are rejected', async () => {
    const many = Array.from({ length: 11 }, (_, n) => `https://api.example/${n}`);
    const client = await server.client({ resources: many });
    expectTokenError(await server.token(withResources(DIRECT, many), client), 400, 'invalid_target');
    expect((await server.token(withResources(DIRECT, many.slice(1)), client)).status).toBe(200);
    expectTokenError(await server.token(withResources(DIRECT, [API]), client), 400, 'invalid_target');
  });

  it('H145: our API rejects a token for another API', async () => {
    const client = await register();
    const user = await server.user();
    const form = { grant_type: 'password', username: user.username, password: user.password, scope: 'openid read' };
    const userinfo = async (token: string) =>
      (await server.request('/oauth/userinfo', { headers: { Authorization: `Bearer ${token}` } })).status;
    for (const [resources, graphql, info] of [
      [[API], 401, 401],
      [[API, own], 200, 401],
      [[own], 200, 401],
      [[server.config.issuer, API], 200, 200],
      [[], 200, 200],
    ] as const) {
      const { body } = await server.token(withResources(form, resources), client);
      expect([resources, await bearerStatus(server, body.access_token)]).toEqual([resources, graphql]);
      expect([resources, await userinfo(body.access_token)]).toEqual([resources, info]);
    }
    const { body } = await server.token(withResources(form, [API]), client);
    const refused = await server.graphql('{ viewer { sub } }', body.access_token);
    expect(refused.headers.get('WWW-Authenticate')).toContain('error="invalid_token"');
    expect(refused.body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('RFC 8707 §2.2: granted resources can only be narrowed', () => {
  it('resources can be narrowed when a code is redeemed and at every refresh', async () => {
    const client = await register();
    const { code, page } = await allowed(client, [API, OTHER, own]);
    expect(page.html).toContain(`<li class="host">${API}</li>`);
    expect(page.html).not.toContain(`<li class="host">${own}</li>`);
    const first = await server.token(withResources(exchange(code), [API]), client);
    expect((await introspect(server, first.body.access_token, client)).body.aud).toEqual([API]);
    const second = await server.token(refreshing(first.body.refresh_token), client);
    expect((await introspect(server, second.body.access_token, client)).body.aud).toEqual([API, OTHER, own]);
    const third = await server.token(withResources(refreshing(second.body.refresh_token), [own]), client);
    expect(await bearerStatus(server, third.body.access_token)).toBe(200);
    const wider = withResources(refreshing(third.body.refresh_token), [own, server.config.issuer]);
    expectTokenError(await server.token(wider, client), 400, 'invalid_target');
    expect((await server.token(refreshing(third.body.refresh_token), client)).status).toBe(200);
  });

  it('a code is not redeemed by a request for too many resources', async () => {
    const client = await register();
    const { code } = await allowed(client, [API]);
    expectTokenError(await server.token(withResources(exchange(code), [OTHER]), client), 400, 'invalid_target');
    const { body } = await server.token(exchange(code), client);
    expect((await introspect(server, body.access_token, client)).body.aud).toEqual([API]);
  });

  it('a client gets no resource that it may no longer request, and losing the last one does not remove the limit', async () => {
    const client = await register();
    const { code } = await allowed(client, [API, OTHER]);
    const first = await server.token(exchange(code), client);
    const change = (resources: string[]) =>
      updateClient(server.database.em(), theOperator(), client.clientId, { resources });
    await change([OTHER]);
    const second = await server.token(refreshing(first.body.refresh_token), client);
    expect((await introspect(server, second.body.access_token, client)).body.aud).toEqual([OTHER]);
    await change([]);
    expectTokenError(await server.token(refreshing(second.body.refresh_token), client), 400, 'invalid_target');
  });

  it('F98: within the grace period the same tokens are returned only for the same resource', async () => {
    const client = await register();
    const { code } = await allowed(client, [API, OTHER]);
    const { body } = await server.token(exchange(code), client);
    const refresh = (resource: string) =>
      server.token(withResources(refreshing(body.refresh_token), [resource]), client);
    const [first, again] = [await refresh(API), await refresh(API)];
    expect([again.status, again.body.access_token]).toEqual([200, first.body.access_token]);
    expectTokenError(await refresh(OTHER), 400, 'invalid_grant');
    expectTokenError(await server.token(refreshing(first.body.refresh_token), client), 400, 'invalid_grant');
  });
});
