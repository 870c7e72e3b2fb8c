import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../../src/graphql/schema.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

const DOCUMENT =
  'query($fields: [String!]!) { token { canAccess(coordinates: $fields) { coordinate answer missingScopes reason } } }';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
});
afterAll(() => server?.close());

const canAccess = async (token: string, fields: readonly string[]) => {
  const { status, body } = await server.graphql(DOCUMENT, token, { fields });
  expect([status, body.errors]).toEqual([200, undefined]);
  return body.data.token.canAccess;
};

describe('token.canAccess', () => {
  it('canAccess returns YES, NO or OWN_ONLY with missing scopes and a reason', async () => {
    const token = await server.accessToken({ client, user: await server.user(), scopes: ['read', 'write', 'clients'] });
    const fields = ['Query.users', 'Query.viewer', 'User.groups', 'Mutation.createUser', 'Mutation.registerClient'];
    expect(await canAccess(token, [...fields, 'UserConnection.nodes', '__Type.name'])).toEqual([
      { coordinate: 'Query.users', answer: 'YES', missingScopes: [], reason: null },
      { coordinate: 'Query.viewer', answer: 'YES', missingScopes: [], reason: null },
      {
        coordinate: 'User.groups',
        answer: 'NO',
        missingScopes: ['groups'],
        reason: 'The token lacks the scope groups.',
      },
      {
        coordinate: 'Mutation.createUser',
        answer: 'NO',
        missingScopes: [],
        reason: 'You lack the permission MANAGE_USERS.',
      },
      {
        coordinate: 'Mutation.registerClient',
        answer: 'OWN_ONLY',
        missingScopes: [],
        reason: 'Only your own objects. For others you lack the permission MANAGE_CLIENTS.',
      },
      { coordinate: 'UserConnection.nodes', answer: 'YES', missingScopes: [], reason: null },
      { coordinate: '__Type.name', answer: 'YES', missingScopes: [], reason: null },
    ]);
  });

  it('the reason names both a missing scope and a missing permission', async () => {
    const token = await server.accessToken({ client, user: await server.user(), scopes: ['groups'] });
    expect(await canAccess(token, ['Mutation.createGroup'])).toEqual([
      {
        coordinate: 'Mutation.createGroup',
        answer: 'NO',
        missingScopes: ['write'],
        reason: 'The token lacks the scope write. You lack the permission MANAGE_GROUPS.',
      },
    ]);
  });

  it('a superuser gets YES, and a service never gets OWN_ONLY, because it owns nothing', async () => {
    const superuser = await server.accessToken({ client, user: await server.user({ superuser: true }) });
    const service = await server.accessToken({ client, user: null });
    const answersFor = async (token: string) =>
      (await canAccess(token, ['Query.clients', 'Mutation.registerClient', 'Query.users'])).map(
        ({ answer }: { answer: string }) => answer,
      );
    expect(await answersFor(superuser)).toEqual(['YES', 'YES', 'YES']);
    expect(await answersFor(service)).toEqual(['NO', 'NO', 'NO']);
  });

  it('a field of an interface requires the scopes of all types that implement it', async () => {
    const token = await server.accessToken({ client, user: await server.user(), scopes: ['read', 'groups', 'audit'] });
    const few = await server.accessToken({ client, user: await server.user({ superuser: true }), scopes: ['read'] });
    const [node] = await canAccess(token, ['Node.id']);
    expect(node).toMatchObject({ answer: 'NO', missingScopes: ['clients'] });
    expect((await canAccess(few, ['Node.id']))[0].missingScopes.toSorted()).toEqual(['audit', 'clients', 'groups']);
  });

  it.each([
    'users',
    'Query',
    'Query.',
    '.users',
    'Query.user.id',
    'Query.nothing',
    'Nothing.id',
    'CreateUserInput.username',
    'Role.x',
    '',
  ])('canAccess rejects %j, which is not a field', async (coordinate) => {
    const token = await server.accessToken({ client, user: null });
    const { body } = await server.graphql(DOCUMENT, token, { fields: ['Query.viewer', coordinate] });
    expect(body.data.token).toBeNull();
    expect(body.errors[0]).toMatchObject({
      message: `No field has the coordinate ${JSON.stringify(coordinate)}. The form is Type.field`,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('canAccess accepts at most 100 coordinates', async () => {
    const token = await server.accessToken({ client, user: null });
    const all = Object.values(schema.getTypeMap())
      .filter(isObjectType)
      .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
    expect(all.length).toBeGreaterThan(100);
    expect(await canAccess(token, all.slice(0, 100))).toHaveLength(100);
    const { body } = await server.graphql(DOCUMENT, token, { fields: all.slice(0, 101) });
    expect(body.errors[0].message).toBe('At most 100 coordinates are allowed');
  });
});
