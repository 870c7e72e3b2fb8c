import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { allow, CALLBACK, codeRequest, reachConsent, responseParams, sentTo } from '../../support/authorize.ts';
import { type TestClient, unique } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const CREATE = `mutation ($name: String!, $description: String!) {
  createScope(input: { name: $name, description: $description }) { scope { name description builtIn } errors { code path } }
}`;

const manager = async () =>
  server.accessToken({ user: await server.user({ permissions: ['MANAGE_CLIENTS'] }), scopes: ['clients'] });

async function createScope(name: string, description: string) {
  const { body } = await server.graphql(CREATE, await manager(), { name, description });
  expect(body.data.createScope.errors).toEqual([]);
  return name;
}

const exchange = (client: TestClient, location: string) =>
  server.token(
    { grant_type: 'authorization_code', code: responseParams(location).code ?? '', redirect_uri: CALLBACK },
    client,
  );

describe('RFC 6749 §3.3: descriptions of scopes', () => {
  it('S1-01: the descriptions of built-in scopes come from one table and are shown by GraphQL and the consent page', async () => {
    const { body } = await server.graphql('{ scopes { name description builtIn } }', await server.accessToken());
    const builtIn = Object.entries(SCOPES).map(([name, { description }]) => ({
      name,
      description,
      builtIn: true,
    }));
    expect(body.data.scopes.slice(0, builtIn.length)).toEqual(builtIn);

    const path = codeRequest(await server.client(), { scope: 'read write groups' });
    const { html } = await reachConsent(server, path, await server.user());
    for (const scope of ['read', 'write', 'groups'] as const) expect(html).toContain(SCOPES[scope].description);
    expect(html).not.toContain(SCOPES.audit.description);
  });

  it('S1-01 S3-10: an operator can add scopes, which clients, consent and tokens use', async () => {
    const name = await createScope(unique('invoices:read'), 'See your invoices <b>');
    const client = await server.client({ scope: `read ${name}` });
    const browser = server.browser();
    const consent = await reachConsent(server, codeRequest(client), await server.user(), browser);
    expect(consent.html).toContain('See your invoices &lt;b&gt;');
    const { body } = await exchange(client, sentTo(await browser.submit(consent, {}, 'allow')));
    expect(body.scope).toBe(`read ${name}`);

    const listed = await server.graphql('{ scopes { name } token { scopes } }', body.access_token);
    expect(listed.body.data.scopes).toContainEqual({ name });
    expect(listed.body.data.token.scopes).toEqual(['read', name]);
  });
});

describe('RFC 6749 §3.3: comparison of scopes', () => {
  it('S3-12: a scope matches only if it is equal, including its case', async () => {
    const readonly = await createScope(unique('readonly'), 'Look but not touch');
    const client = await server.client({ scope: readonly });
    for (const scope of ['read', 'READ', readonly.slice(0, -1), `${readonly}x`, readonly.toUpperCase()])
      expectTokenError(await server.token({ grant_type: 'client_credentials', scope }, client), 400, 'invalid_scope');

    const token = await server.accessToken({ client, scopes: [readonly] });
    const users = await server.graphql('{ users { nodes { id } } }', token);
    expect(users).toMatchObject({ status: 403, body: { errors: [{ extensions: { missingScopes: ['read'] } }] } });
  });
});

describe('RFC 6749 §3.3: consent for each scope', () => {
  it('S3-10: the ticked scopes are granted in the order of the request', async () => {
    const client = await server.client();
    const browser = server.browser();
    const path = codeRequest(client, { scope: 'groups email read profile' });
    const consent = await reachConsent(server, path, await server.user(), browser);
    const boxes = ['scope groups', 'scope email', 'scope read', 'scope profile'];
    expect(consent.forms[0]?.names.filter((name) => name.startsWith('scope '))).toEqual(boxes);
    // All boxes are ticked at first.
    expect(boxes.every((name) => consent.forms[0]?.fields.has(name))).toBe(true);

    const location = sentTo(await browser.submit(consent, { 'scope email': undefined }, 'allow'));
    const { body } = await exchange(client, location);
    expect(body.scope).toBe('groups read profile');
    const refused = await server.graphql('{ viewer { username } scopes { name } }', body.access_token);
    expect(refused.status).toBe(200);
    const stored = await server.database
      .em()
      .execute<{ scopes: string[] }[]>(
        'SELECT a.scopes FROM authorizations a JOIN clients c ON c.id = a.client_id WHERE c.client_id = ?',
        [client.clientId],
      );
    expect(stored).toEqual([{ scopes: ['groups', 'read', 'profile'] }]);
  });

  it('S3-10: a scope that was not requested is not granted, even if the form contains it', async () => {
    const client = await server.client();
    const browser = server.browser();
    const consent = await reachConsent(server, codeRequest(client, { scope: 'read' }), await server.user(), browser);
    const form = Object.fromEntries(consent.forms[0]?.fields ?? []);
    const page = await browser.post('/consent', { ...form, 'scope write': 'on', scope: 'write', decision: 'allow' });
    expect((await exchange(client, sentTo(page))).body.scope).toBe('read');
  });
});

describe('Where they disagree: no scope requested', () => {
  it('S3-10: a request without a scope gets the default scopes on every grant, and the response lists them', async () => {
    const client = await server.client({ scope: 'read write groups email', defaultScopes: ['groups', 'read'] });
    const user = await server.user();
    const scope = 'groups read';
    const password = { grant_type: 'password', username: user.username, password: user.password };
    expect((await server.token(password, client)).body.scope).toBe(scope);
    expect((await server.token({ grant_type: 'client_credentials' }, client)).body.scope).toBe(scope);
    expect((await server.token({ grant_type: 'client_credentials', scope: '' }, client)).body.scope).toBe(scope);
    expect((await exchange(client, await allow(server, codeRequest(client), user))).body.scope).toBe(scope);
  });

  it('the response for a client without default scopes has an empty scope', async () => {
    const client = await server.client({ scope: 'read', defaultScopes: [] });
    const { status, body } = await server.token({ grant_type: 'client_credentials' }, client);
    expect({ status, scope: body.scope }).toEqual({ status: 200, scope: '' });
  });
});
