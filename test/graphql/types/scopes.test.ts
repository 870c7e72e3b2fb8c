import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../../src/oauth/scopes/scope.ts';
import { unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await startServer();
  token = await server.accessToken({ user: await server.user({ permissions: ['MANAGE_CLIENTS'] }) });
});
afterAll(() => server?.close());

const SCOPE = 'scope { name description builtIn }';

describe('RFC 6749 §3.3: custom scopes', () => {
  it('S1-01: custom scopes are listed after the built-in ones, each with a description', async () => {
    const name = unique('invoices:read');
    const made = await mutate(server, token, 'createScope', { name, description: 'See your invoices' }, SCOPE);
    expect(made.scope).toEqual({ name, description: 'See your invoices', builtIn: false });
    const { body } = await server.graphql(
      '{ scopes { name description builtIn } }',
      await server.accessToken({ scopes: ['openid'] }),
    );
    const builtIn = Object.entries(SCOPES).map(([known, { description }]) => ({
      name: known,
      description,
      builtIn: true,
    }));
    expect(body.data.scopes.slice(0, builtIn.length)).toEqual(builtIn);
    // Other tests may have created scopes before, in the same database.
    expect(body.data.scopes.at(-1)).toEqual(made.scope);
  });

  it('a custom scope is granted to registered clients, opens no field of this API and is removed everywhere when deleted', async () => {
    const name = unique('own');
    await mutate(server, token, 'createScope', { name, description: 'Use something else' });
    const client = await server.client({ scope: `${name} read`, defaultScopes: [name] });
    const granted = await server.token({ grant_type: 'client_credentials' }, client);
    expect(granted.body.scope).toBe(name);
    const { status, body } = await server.graphql('{ token { scopes } viewer { sub } }', granted.body.access_token);
    expect({ status, data: body.data }).toEqual({ status: 200, data: { token: { scopes: [name] }, viewer: null } });
    expect((await server.graphql('{ users { nodes { id } } }', granted.body.access_token)).status).toBe(403);

    expect((await mutate(server, token, 'deleteScope', { name }, 'deletedScope')).deletedScope).toBe(name);
    const seen = await server.graphql(`{ client(clientId: "${client.clientId}") { scope defaultScopes } }`, token);
    expect(seen.body.data.client).toEqual({ scope: 'read', defaultScopes: [] });
    expect((await server.token({ grant_type: 'client_credentials', scope: name }, client)).body.error).toBe(
      'invalid_scope',
    );
    expect((await mutate(server, token, 'deleteScope', { name })).errors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it.each(['', 'a b', 'a"b', 'a\\b', 'ü', 'x'.repeat(101)])('a custom scope cannot have the name %j', async (name) => {
    expect((await mutate(server, token, 'createScope', { name, description: 'x' })).errors).toMatchObject([
      { code: 'INVALID', path: ['input', 'name'] },
    ]);
  });

  it('a custom scope needs a unique name and a description', async () => {
    const name = unique('twice');
    const results = await Promise.all(
      [1, 2, 3].map(() => mutate(server, token, 'createScope', { name, description: 'x' }, SCOPE)),
    );
    expect(results.filter(({ scope }) => scope)).toHaveLength(1);
    expect((await mutate(server, token, 'createScope', { name: 'read', description: 'x' })).errors).toMatchObject([
      { code: 'TAKEN' },
    ]);
    expect((await mutate(server, token, 'deleteScope', { name: 'read' })).errors).toMatchObject([{ code: 'INVALID' }]);
    for (const description of ['', '  ', 'two\nlines', 'x'.repeat(201)])
      expect((await mutate(server, token, 'createScope', { name: unique('x'), description })).errors).toMatchObject([
        { path: ['input', 'description'] },
      ]);
  });
});
