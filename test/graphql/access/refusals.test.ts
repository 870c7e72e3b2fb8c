import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allow, answerIn } from '../../support/authorize.ts';
import { graphqlChallenge } from '../../support/challenge.ts';
import type { TestClient, TestUser } from '../../support/fixtures.ts';
import { unique } from '../../support/fixtures.ts';
import { expectCleanAnswer } from '../../support/invariants.ts';
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

describe('three refusals, never confused', () => {
  it('S1-18 S1-19 S4-08 says which scopes would do, which are missing and which were granted', async () => {
    const token = await server.accessToken({ client, user, scopes: ['read'] });
    const answer = await server.graphql('mutation { createUser(input: {username: "foo"}) { errors { code } } }', token);
    expectCleanAnswer(answer, answer.body);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('WWW-Authenticate')).toBe(
      graphqlChallenge(server, ', error="insufficient_scope", scope="write"'),
    );
    expect(answer.body).toEqual({
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

  it('leads by that URL to a token that will do, once the client has added what only it knows', async () => {
    const token = await server.accessToken({ client, user, scopes: ['openid', 'groups'] });
    const document = '{ users { nodes { groups { nodes { id } } } } }';
    const { body } = await server.graphql(document, token);
    const url = new URL(body.errors[0].extensions.authorizeUrl);
    url.searchParams.set('redirect_uri', 'https://client.example/cb');
    const { code = '' } = answerIn(await allow(server, `${url.pathname}${url.search}`, user));
    const form = { grant_type: 'authorization_code', code, redirect_uri: 'https://client.example/cb' };
    const fresh = await server.token(form, client);
    expect(fresh.body.scope).toBe('openid groups read');
    expect((await server.graphql(document, fresh.body.access_token)).status).toBe(200);
  });

  it('names no URL that leads nowhere: nobody to ask, a client without that grant, a scope that is not for it', async () => {
    const document = '{ users { nodes { id } } groups { nodes { id } } }';
    const extensions = async (asking: TestClient, person: TestUser | null) =>
      (await server.graphql(document, await server.accessToken({ client: asking, user: person, scopes: ['openid'] })))
        .body.errors[0].extensions;
    const passwordOnly = await server.client({ grantTypes: ['password'], redirectUris: [] });
    const narrow = await server.client({ scope: 'openid read' });
    for (const told of [
      await extensions(client, null),
      await extensions(passwordOnly, user),
      await extensions(narrow, user),
    ]) {
      expect(told).toMatchObject({ code: 'INSUFFICIENT_SCOPE', missingScopes: ['read', 'groups'] });
      expect(told).not.toHaveProperty('authorizeUrl');
    }
  });

  it('asks for no scope that another missing one makes needless', async () => {
    const token = await server.accessToken({ client, user, scopes: ['openid'] });
    const { headers, body } = await server.graphql('{ viewer { username } users { nodes { id } } }', token);
    expect(body.errors[0].extensions).toMatchObject({ requiredScopes: ['read'], missingScopes: ['read'] });
    expect(headers.get('WWW-Authenticate')).toContain('scope="read"');
  });

  it('refuses two mutations of which the second lacks a scope, changes nothing and names the same scopes everywhere', async () => {
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

  it('S1-19 opens users and one user to `read`, and groups not', async () => {
    const token = await server.accessToken({ client, user, scopes: ['read'] });
    const users = await server.graphql(`{ users { nodes { id } } user(id: "${user.id}") { username } }`, token);
    expect(users).toMatchObject({ status: 200, body: { data: { user: { username: user.username } } } });
    expect((await server.graphql('{ groups { nodes { name } } }', token)).status).toBe(403);
    expect(
      (await server.graphql('{ users { nodes { groups { nodes { name } } } } }', token)).body.errors[0].extensions,
    ).toMatchObject({ requiredScopes: ['read', 'groups'], missingScopes: ['groups'] });
  });

  it('S1-20 tells missing, dead and insufficient tokens apart', async () => {
    const none = await server.graphql('{ viewer { id } }');
    const dead = await server.graphql('{ viewer { id } }', 'gat_nothing');
    const few = await server.graphql(
      '{ viewer { username } }',
      await server.accessToken({ client, user, scopes: ['openid'] }),
    );
    expect([none.status, dead.status, few.status]).toEqual([401, 401, 403]);
    expect(none.headers.get('WWW-Authenticate')).toBe(graphqlChallenge(server));
    expect(dead.headers.get('WWW-Authenticate')).toBe(graphqlChallenge(server, ', error="invalid_token"'));
    expect([none, dead, few].map(({ body }) => body.errors[0].extensions.code)).toEqual([
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
      'INSUFFICIENT_SCOPE',
    ]);
  });

  it('says FORBIDDEN where asking again does not help, and names no scope', async () => {
    const answer = await server.graphql(
      'mutation { createUser(input: {username: "foo"}) { errors { code } } }',
      await server.accessToken({ client, user }),
    );
    expect(answer.status).toBe(403);
    expect(answer.headers.get('WWW-Authenticate')).toBeNull();
    expect(answer.body).toEqual({ errors: [{ message: SENTENCE, extensions: { code: 'FORBIDDEN' } }] });
  });

  it('S1-08 refuses the directory to a service until it is given it', async () => {
    const plain = await server.graphql('{ users { nodes { id } } }', await server.accessToken({ client, user: null }));
    const given = await server.client({ servicePermissions: ['READ_DIRECTORY'] });
    const read = await server.graphql(
      '{ viewer { id } users { nodes { id } } }',
      await server.accessToken({ client: given, user: null }),
    );
    expect(plain.body.errors[0].extensions.code).toBe('FORBIDDEN');
    expect(read).toMatchObject({ status: 200, body: { data: { viewer: null } } });
    expect(read.body.data.users.nodes.length).toBeGreaterThan(0);
  });

  it('does not count service permissions for a token that has a user', async () => {
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

  it('fails only the field where somebody else owns the thing, and lets earlier mutations stand', async () => {
    const other = await server.user();
    const answer = await server.graphql(
      `mutation {
         mine: updateUser(input: {id: "${user.id}", firstName: "Ada"}) { user { firstName } }
         theirs: updateUser(input: {id: "${other.id}", firstName: "Eve"}) { user { firstName } }
       }`,
      await server.accessToken({ client, user }),
    );
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ mine: { user: { firstName: 'Ada' } }, theirs: null });
    expect(answer.body.errors).toEqual([
      { message: SENTENCE, locations: [{ line: 3, column: 10 }], path: ['theirs'], extensions: { code: 'FORBIDDEN' } },
    ]);
  });
});
