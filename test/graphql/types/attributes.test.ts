import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unique } from '../../support/fixtures.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const ATTRIBUTES = { staffNumber: 4711, team: { name: 'Tür & "Tor"', tags: ['a', null, '🙂'] }, __proto: true };
const UPDATE = `mutation ($id: ID!, $attributes: JSONObject!) {
  updateUser(input: { id: $id, attributes: $attributes }) { user { attributes } errors { code path } }
}`;
const READ = 'query ($id: ID!) { user(id: $id) { username attributes } }';

const manager = async () =>
  server.accessToken({ user: await server.user({ permissions: ['MANAGE_USERS'] }), scopes: ['read', 'write'] });

describe('Where they disagree: S0-03', () => {
  it('S0-03: attributes of a user are set at creation, returned unchanged and replaced as a whole', async () => {
    const token = await manager();
    const create = `mutation ($username: String!, $attributes: JSONObject) {
      createUser(input: { username: $username, attributes: $attributes }) { user { id attributes } errors { code } }
    }`;
    const { body } = await server.graphql(create, token, { username: unique('kim'), attributes: ATTRIBUTES });
    expect(body.data.createUser).toEqual({ user: { id: expect.any(String), attributes: ATTRIBUTES }, errors: [] });
    const { id } = body.data.createUser.user;

    const changed = await server.graphql(UPDATE, token, { id, attributes: { only: 'this' } });
    expect(changed.body.data.updateUser).toEqual({ user: { attributes: { only: 'this' } }, errors: [] });
    expect((await server.graphql(READ, token, { id })).body.data.user.attributes).toEqual({ only: 'this' });
  });

  it('S0-03: only MANAGE_USERS can change attributes, and users can read their own', async () => {
    const user = await server.user({ attributes: ATTRIBUTES });
    const own = await server.accessToken({ user, scopes: ['read', 'write'] });
    const refused = await server.graphql(UPDATE, own, { id: user.id, attributes: {} });
    expect(refused.body).toMatchObject({ data: { updateUser: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect((await server.graphql(READ, own, { id: user.id })).body.data.user.attributes).toEqual(ATTRIBUTES);

    const other = await server.accessToken({ scopes: ['read'] });
    expect((await server.graphql(READ, other, { id: user.id })).body.data.user).toEqual({
      username: user.username,
      attributes: null,
    });
  });

  it('S0-03: attributes must be an object of limited size', async () => {
    const [token, { id }] = [await manager(), await server.user()];
    for (const attributes of ['text', 7, [1], null])
      expect((await server.graphql(UPDATE, token, { id, attributes })).body).not.toHaveProperty(
        'data.updateUser.user.attributes',
      );
    const { body } = await server.graphql(UPDATE, token, { id, attributes: { long: 'x'.repeat(20_000) } });
    expect(body.data.updateUser).toEqual({ user: null, errors: [{ code: 'INVALID', path: ['input', 'attributes'] }] });
    expect((await server.graphql(READ, token, { id })).body.data.user.attributes).toEqual({});
  });
});
