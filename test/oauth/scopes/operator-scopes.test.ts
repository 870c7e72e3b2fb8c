import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScope, deleteScope } from '../../../src/oauth/scopes/manage-scopes.ts';
import { BUILT_IN_SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { answerIn, codeRequest, reachConsent, sentTo } from '../../support/authorize.ts';
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

/** What the operator's own API learns of a token that was sent to it. */
const told = async (token: string) => (await introspect(server, token, invoices)).body;

describe("A scope of the operator's own, for an API of their own to rely on", () => {
  it('is asked for in its own words, granted as asked, and told to that API', async () => {
    const browser = server.browser();
    const path = codeRequest(shop, { scope: `${name} profile` });
    const page = await reachConsent(server, path, await server.user(), browser);
    expect(page.html).toContain('See your invoices');

    const { code = '' } = answerIn(sentTo(await browser.submit(page, {}, 'allow')));
    const { body } = await server.token(exchange(code), shop);
    expect(body.scope).toBe(`${name} profile`);
    expect(await told(body.access_token)).toMatchObject({ active: true, scope: `${name} profile` });
  });

  it('that was not ticked is not there', async () => {
    const browser = server.browser();
    const path = codeRequest(shop, { scope: `${name} profile` });
    const page = await reachConsent(server, path, await server.user(), browser);
    const field = page.forms.flatMap(({ names }) => names).find((field) => field.includes(name)) ?? '';
    const { code = '' } = answerIn(sentTo(await browser.submit(page, { [field]: undefined }, 'allow')));
    const { body } = await server.token(exchange(code), shop);
    expect(await told(body.access_token)).toMatchObject({ active: true, scope: 'profile' });
  });

  it('narrows and never widens by a refresh, and a service can have it', async () => {
    const pair = await tokenPair(server, shop, { scope: `${name} profile` });
    const { body: next } = await server.token(refreshing(pair.refresh_token, { scope: name }), shop);
    expect(await told(next.access_token)).toMatchObject({ active: true, scope: name });
    const widened = await server.token(refreshing(next.refresh_token, { scope: `${name} email` }), shop);
    expect(widened.body.error).toBe('invalid_scope');

    const own = await server.accessToken({ client: shop, user: null, scopes: [name] });
    expect(await told(own)).toMatchObject({ active: true, scope: name, sub: shop.clientId });
  });

  it('opens nothing here', async () => {
    const token = await server.accessToken({ client: shop, scopes: [name] });
    const { status, body } = await server.graphql('{ users { nodes { id } } }', token);
    expect([status, body.errors[0].extensions.code]).toEqual([403, 'INSUFFICIENT_SCOPE']);
  });

  it('once deleted is nobody’s to ask for, and a refresh no longer brings it', async () => {
    const gone = `${unique('gone')}:read`;
    await createScope(server.database.em(), theOperator(), { name: gone, description: 'See what is gone' });
    const client = await server.client({ scope: `profile ${gone}` });
    const pair = await tokenPair(server, client, { scope: `profile ${gone}` });
    await deleteScope(server.database.em(), theOperator(), gone);
    expect((await introspect(server, pair.access_token, client)).body.scope).toBe('profile');
    const { body: next } = await server.token(refreshing(pair.refresh_token), client);
    expect(next.scope).toBe('profile');
    const asked = await server.token({ grant_type: 'client_credentials', scope: gone }, client);
    expect(asked.body.error).toBe('invalid_scope');
  });
});
