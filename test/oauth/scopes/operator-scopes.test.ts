import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateClient } from '../../../src/oauth/registration/update.ts';
import { createScope, deleteScope } from '../../../src/oauth/scopes/manage-scopes.ts';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { codeRequest, reachConsent, responseParams, sentTo } from '../../support/authorize.ts';
import { introspect } from '../../support/client-endpoints.ts';
import { type TestClient, theOperator, unique } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { exchange, refreshing, tokenPair } from '../../support/token-forms.ts';

let server: TestServer;
let name: string;
let shop: TestClient;
let invoices: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  name = `${unique('invoices')}:read`;
  await createScope(server.database.em(), theOperator(), { name, description: 'See your invoices' });
  shop = await server.client({ scope: `${BUILT_IN_SCOPES.join(' ')} ${name}` });
  invoices = await server.client({ grantTypes: ['client_credentials'], servicePermissions: ['INTROSPECT'] });
});
afterAll(() => server.close());

/** The introspection response that an API of the operator gets for a token. */
const introspected = async (token: string) => (await introspect(server, token, invoices)).body;

describe('RFC 6749 §3.3: custom scopes for an API of the operator', () => {
  it('a custom scope is shown with its description, granted as requested and returned by introspection', async () => {
    const browser = server.browser();
    const path = codeRequest(shop, { scope: `${name} profile` });
    const page = await reachConsent(server, path, await server.user(), browser);
    expect(page.html).toContain('See your invoices');

    const { code = '' } = responseParams(sentTo(await browser.submit(page, {}, 'allow')));
    const { body } = await server.token(exchange(code), shop);
    expect(body.scope).toBe(`${name} profile`);
    expect(await introspected(body.access_token)).toMatchObject({ active: true, scope: `${name} profile` });
  });

  it('a custom scope that the user unticked is not granted', async () => {
    const browser = server.browser();
    const path = codeRequest(shop, { scope: `${name} profile` });
    const page = await reachConsent(server, path, await server.user(), browser);
    const field = page.forms.flatMap(({ names }) => names).find((field) => field.includes(name)) ?? '';
    const { code = '' } = responseParams(sentTo(await browser.submit(page, { [field]: undefined }, 'allow')));
    const { body } = await server.token(exchange(code), shop);
    expect(await introspected(body.access_token)).toMatchObject({ active: true, scope: 'profile' });
  });

  it('a refresh can narrow a custom scope but not widen it, and a service can have one', async () => {
    const pair = await tokenPair(server, shop, { scope: `${name} profile` });
    const { body: next } = await server.token(refreshing(pair.refresh_token, { scope: name }), shop);
    expect(await introspected(next.access_token)).toMatchObject({ active: true, scope: name });
    const widened = await server.token(refreshing(next.refresh_token, { scope: `${name} email` }), shop);
    expect(widened.body.error).toBe('invalid_scope');

    const own = await server.accessToken({ client: shop, user: null, scopes: [name] });
    expect(await introspected(own)).toMatchObject({ active: true, scope: name, sub: shop.clientId });
  });

  it('a custom scope opens no field of this API', async () => {
    const token = await server.accessToken({ client: shop, scopes: [name] });
    const { status, body } = await server.graphql('{ users { nodes { id } } }', token);
    expect([status, body.errors[0].extensions.code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
  });

  it('a deleted scope cannot be requested, and a refresh no longer returns it', async () => {
    const deleted = `${unique('deleted')}:read`;
    await createScope(server.database.em(), theOperator(), {
      name: deleted,
      description: 'See something that is deleted later',
    });
    const client = await server.client({ scope: `profile ${deleted}` });
    const pair = await tokenPair(server, client, { scope: `profile ${deleted}` });
    await deleteScope(server.database.em(), theOperator(), deleted);
    expect((await introspect(server, pair.access_token, client)).body.scope).toBe('profile');
    const { body: next } = await server.token(refreshing(pair.refresh_token), client);
    expect(next.scope).toBe('profile');
    const refused = await server.token({ grant_type: 'client_credentials', scope: deleted }, client);
    expect(refused.body.error).toBe('invalid_scope');
  });

  it('once deleted and created again means something new: what was granted before does not have it', async () => {
    const reused = `${unique('bills')}:x`;
    const create = (description: string) =>
      createScope(server.database.em(), theOperator(), { name: reused, description });
    await create('See your bills');
    const client = await server.client({ scope: `profile ${reused}` });
    const pair = await tokenPair(server, client, { scope: `profile ${reused}` });
    const { body: narrowed } = await server.token(refreshing(pair.refresh_token, { scope: reused }), client);
    const service = await server.accessToken({ client, user: null, scopes: [reused] });
    const [browser, user] = [server.browser(), await server.user()];
    const open = await reachConsent(server, codeRequest(client, { scope: `profile ${reused}` }), user, browser);

    await deleteScope(server.database.em(), theOperator(), reused);
    await create('Pay all your bills');
    await updateClient(server.database.em(), theOperator(), client.clientId, { scope: `profile ${reused}` });
    expect((await introspected(pair.access_token)).scope).toBe('profile');
    for (const token of [narrowed.access_token, service]) expect((await introspected(token)).scope).toBe('');
    const { code = '' } = responseParams(sentTo(await browser.submit(open, {}, 'allow')));
    expect((await server.token(exchange(code), client)).body.scope).toBe('profile');
    const again = await browser.get(codeRequest(client, { scope: `profile ${reused}` }));
    expect(again.html).toContain('Pay all your bills');
  });
});
