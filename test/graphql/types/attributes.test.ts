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
  it('S0-03 keeps whatever an operator has of a person: set at creation, read back as it was, and replaced whole', async () => {
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

  it('S0-03 lets MANAGE_USERS write them and nobody else, not even the person; the person may read them', async () => {
    const person = await server.user({ attributes: ATTRIBUTES });
    const own = await server.accessToken({ user: person, scopes: ['read', 'write'] });
    const refused = await server.graphql(UPDATE, own, { id: person.id, attributes: {} });
    expect(refused.body).toMatchObject({ data: { updateUser: null }, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect((await server.graphql(READ, own, { id: person.id })).body.data.user.attributes).toEqual(ATTRIBUTES);

    const other = await server.accessToken({ scopes: ['read'] });
    expect((await server.graphql(READ, other, { id: person.id })).body.data.user).toEqual({
      username: person.username,
      attributes: null,
    });
  });

  it('S0-03 takes an object and nothing else, and not without end', async () => {
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
