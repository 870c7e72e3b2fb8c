import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow, responseParams } from '../../support/authorize.ts';
import { graphqlChallenge } from '../../support/challenge.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { unique } from '../../support/fixtures.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { rowCounts } from '../row-counts.ts';

const SENTENCE = 'You do not have permission to perform this action';

let server: TestServer;
let client: TestClient;
let user: TestUser;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
  user = await server.user();
});
afterAll(() => server?.close());

describe('Refusals: 401, INSUFFICIENT_SCOPE and FORBIDDEN', () => {
  it('S1-18 S1-19 S4-08 a refusal lists the required, missing and granted scopes', async () => {
    const token = await server.accessToken({ client, user, scopes: ['read'] });
    const response = await server.graphql(
      'mutation { createUser(input: {username: "foo"}) { errors { code } } }',
      token,
    );
    expectCleanResponse(response, response.body);
    expect(response.status).toBe(403);
    expect(response.headers.get('WWW-Authenticate')).toBe(
      graphqlChallenge(server, ', error="insufficient_scope", scope="write"'),
    );
    expect(response.body).toEqual({
      errors: [
        {
          message: SENTENCE,
          extensions: {
            code: 'INSUFFICIENT_SCOPE',
            requiredScopes: ['write'],
            missingScopes: ['write'],
            grantedScopes: ['read'],
            authorizeUrl: `${server.config.issuer}/oauth/authorize?response_type=code&client_id=${client.clientId}&scope=read+write`,
          },
        },
      ],
    });
  });

  it('the authorizeUrl of a refusal leads to a sufficient token, once the client adds its redirect_uri', async () => {
    const token = await server.accessToken({ client, user, scopes: ['openid', 'groups'] });
    const document = '{ users { nodes { groups { nodes { id } } } } }';
    const { body } = await server.graphql(document, token);
    const url = new URL(body.errors[0].extensions.authorizeUrl);
    url.searchParams.set('redirect_uri', 'https://client.example/cb');
    const { code = '' } = responseParams(await allow(server, `${url.pathname}${url.search}`, user));
    const form = { grant_type: 'authorization_code', code, redirect_uri: 'https://client.example/cb' };
    const fresh = await server.token(form, client);
    expect(fresh.body.scope).toBe('openid groups read');
    expect((await server.graphql(document, fresh.body.access_token)).status).toBe(200);
  });

  it('a refusal has no authorizeUrl without a user, without the authorization_code grant, or for a scope that the client cannot have', async () => {
    const document = '{ users { nodes { id } } groups { nodes { id } } }';
    const extensions = async (app: TestClient, person: TestUser | null) =>
      (await server.graphql(document, await server.accessToken({ client: app, user: person, scopes: ['openid'] }))).body
        .errors[0].extensions;
    const passwordOnly = await server.client({ grantTypes: ['password'], redirectUris: [] });
    const narrow = await server.client({ scope: 'openid read' });
    for (const refusal of [
      await extensions(client, null),
      await extensions(passwordOnly, user),
      await extensions(narrow, user),
    ]) {
      expect(refusal).toMatchObject({ code: 'INSUFFICIENT_SCOPE', missingScopes: ['read', 'groups'] });
      expect(refusal).not.toHaveProperty('authorizeUrl');
    }
  });

  it('a refusal lists no scope that another missing scope makes unnecessary', async () => {
    const token = await server.accessToken({ client, user, scopes: ['openid'] });
    const { headers, body } = await server.graphql('{ viewer { username } users { nodes { id } } }', token);
    expect(body.errors[0].extensions).toMatchObject({ requiredScopes: ['read'], missingScopes: ['read'] });
    expect(headers.get('WWW-Authenticate')).toContain('scope="read"');
  });

  it('two mutations are both refused if the second lacks a scope, and body and header name the same scopes', async () => {
    const admin = await server.user({ superuser: true });
    const token = await server.accessToken({ client, user: admin, scopes: ['write'] });
    const before = await rowCounts(server.database);
    const { status, headers, body } = await server.graphql(
      `mutation {
         createUser(input: {username: "${unique('first')}"}) { errors { code } }
         createGroup(input: {name: "${unique('second')}"}) { errors { code } }
       }`,
      token,
    );
    expect([status, 'data' in body]).toEqual([403, false]);
    const { requiredScopes, missingScopes } = body.errors[0].extensions;
    expect([requiredScopes, missingScopes]).toEqual([['write', 'groups'], ['groups']]);
    expect(headers.get('WWW-Authenticate')).toBe(
      graphqlChallenge(server, `, error="insufficient_scope", scope="${requiredScopes.join(' ')}"`),
    );
    expect(await rowCounts(server.database)).toEqual(before);
  });

  it('S1-19 the scope `read` allows users and user, but not groups', async () => {
    const token = await server.accessToken({ client, user, scopes: ['read'] });
    const users = await server.graphql(`{ users { nodes { id } } user(id: "${user.id}") { username } }`, token);
    expect(users).toMatchObject({ status: 200, body: { data: { user: { username: user.username } } } });
    expect((await server.graphql('{ groups { nodes { name } } }', token)).status).toBe(403);
    expect(
      (await server.graphql('{ users { nodes { groups { nodes { name } } } } }', token)).body.errors[0].extensions,
    ).toMatchObject({ requiredScopes: ['read', 'groups'], missingScopes: ['groups'] });
  });

  it('S1-20 missing, invalid and insufficient tokens get different responses', async () => {
    const none = await server.graphql('{ viewer { sub } }');
    const invalid = await server.graphql('{ viewer { sub } }', 'gat_nothing');
    const few = await server.graphql(
      '{ viewer { username } }',
      await server.accessToken({ client, user, scopes: ['openid'] }),
    );
    expect([none.status, invalid.status, few.status]).toEqual([401, 401, 403]);
    expect(none.headers.get('WWW-Authenticate')).toBe(graphqlChallenge(server));
    expect(invalid.headers.get('WWW-Authenticate')).toBe(graphqlChallenge(server, ', error="invalid_token"'));
    expect([none, invalid, few].map(({ body }) => body.errors[0].extensions.code)).toEqual([
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
      'INSUFFICIENT_SCOPE',
    ]);
  });

  it('FORBIDDEN names no scope, because more scopes do not help', async () => {
    const response = await server.graphql(
      'mutation { createUser(input: {username: "foo"}) { errors { code } } }',
      await server.accessToken({ client, user }),
    );
    expect(response.status).toBe(403);
    expect(response.headers.get('WWW-Authenticate')).toBeNull();
    expect(response.body).toEqual({ errors: [{ message: SENTENCE, extensions: { code: 'FORBIDDEN' } }] });
  });

  it('S1-08 a service can read the directory only with the permission READ_DIRECTORY', async () => {
    const plain = await server.graphql('{ users { nodes { id } } }', await server.accessToken({ client, user: null }));
    const permitted = await server.client({ servicePermissions: ['READ_DIRECTORY'] });
    const read = await server.graphql(
      '{ viewer { sub } users { nodes { id } } }',
      await server.accessToken({ client: permitted, user: null }),
    );
    expect(plain.body.errors[0].extensions.code).toBe('FORBIDDEN');
    expect(read).toMatchObject({ status: 200, body: { data: { viewer: null } } });
    expect(read.body.data.users.nodes.length).toBeGreaterThan(0);
  });

  it('service permissions do not apply to a token that has a user', async () => {
    const powerful = await server.client({ servicePermissions: ['MANAGE_USERS', 'READ_DIRECTORY'] });
    const document = 'mutation($input: CreateUserInput!) { createUser(input: $input) { errors { code } } }';
    const variables = { input: { username: unique('made') } };
    const person = await server.graphql(document, await server.accessToken({ client: powerful, user }), variables);
    const service = await server.graphql(
      document,
      await server.accessToken({ client: powerful, user: null }),
      variables,
    );
    expect(person.body.errors[0].extensions.code).toBe('FORBIDDEN');
    expect(service.body).toEqual({ data: { createUser: { errors: [] } } });
  });

  it('a foreign object fails only its own field, and earlier mutations of the operation stay in effect', async () => {
    const other = await server.user();
    const response = await server.graphql(
      `mutation {
         mine: updateUser(input: {id: "${user.id}", firstName: "Ada"}) { user { firstName } }
         theirs: updateUser(input: {id: "${other.id}", firstName: "Eve"}) { user { firstName } }
       }`,
      await server.accessToken({ client, user }),
    );
    expect(response.status).toBe(200);
    expect(response.body.data).toEqual({ mine: { user: { firstName: 'Ada' } }, theirs: null });
    expect(response.body.errors).toEqual([
      { message: SENTENCE, locations: [{ line: 3, column: 10 }], path: ['theirs'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });
});
