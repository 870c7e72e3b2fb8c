import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { User } from '../../../src/store/entities/user.ts';
import { type TestClient, type TestUser, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let client: TestClient;
let manager: TestUser;
let managing: string;
beforeAll(async () => {
  server = await startServer();
  client = await server.client();
  manager = await server.user({ permissions: ['MANAGE_USERS', 'MANAGE_GROUPS'] });
  managing = await server.accessToken({ client, user: manager });
});
afterAll(() => server?.close());

const USER = 'user { id username email emailVerified firstName lastName disabled } errors { code message path }';

async function mutate(name: string, input: Record<string, unknown>, token = managing) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const selection = name === 'deleteUser' ? 'deletedUserId errors { code message path }' : USER;
  const { body } = await server.graphql(
    `mutation($input: ${type}!) { ${name}(input: $input) { ${selection} } }`,
    token,
    { input },
  );
  return { errors: body.errors, ...body.data?.[name], payload: body.data?.[name]?.errors };
}

const signIn = (username: string, password: string) =>
  server.token({ grant_type: 'password', username, password }, client);

describe('createUser', () => {
  it('stores names normalised and finds them in any spelling', async () => {
    const word = unique('ﬁ');
    const { user } = await mutate('createUser', {
      username: word,
      password: 'long enough',
      email: `${word}@Example.com`,
    });
    expect(user.username).toBe(word.normalize('NFKC'));
    expect(user.email).toBe(`${word}@Example.com`);
    expect((await signIn(word.toUpperCase(), 'long enough')).status).toBe(200);
    expect((await signIn(`${word}@EXAMPLE.COM`.normalize('NFKC'), 'long enough')).status).toBe(200);
  });

  it.each([
    ['', 'username'],
    ['   ', 'username'],
    [' padded', 'username'],
    ['a@b', 'username'],
    ['a＠b', 'username'],
    ['zero\u200bwidth', 'username'],
    ['new\nline', 'username'],
    ['x'.repeat(151), 'username'],
  ])('refuses the username %j', async (username, field) => {
    expect((await mutate('createUser', { username })).payload).toMatchObject([
      { code: 'INVALID', path: ['input', field] },
    ]);
  });

  it.each(['plain', 'a@', '@b', 'a b@c', 'a@b@c', `${'x'.repeat(250)}@b.example`, 'a@b\u202e'])(
    'refuses the e-mail address %j',
    async (email) => {
      const { payload, user } = await mutate('createUser', { username: unique('x'), email });
      expect(payload).toMatchObject([{ code: 'INVALID', path: ['input', 'email'] }]);
      expect(user).toBeNull();
    },
  );

  it.each(['1234567', '🙂'.repeat(7), 'x'.repeat(1025), ''])('refuses the password %j', async (password) => {
    const { payload } = await mutate('createUser', { username: unique('x'), password });
    expect(payload).toMatchObject([{ code: 'INVALID', path: ['input', 'password'] }]);
  });

  it('269 lets one of ten win who want the same name or address, whatever its capitals', async () => {
    const name = unique('wanted');
    const inputs = Array.from({ length: 10 }, (_, at) =>
      at % 2 ? { username: name.toUpperCase() } : { username: name },
    );
    const answers = await Promise.all(inputs.map((input) => mutate('createUser', input)));
    expect(answers.filter(({ user }) => user)).toHaveLength(1);
    expect(
      answers.flatMap(({ payload }) =>
        payload.map(({ code, path }: { code: string; path: string[] }) => `${code} ${path}`),
      ),
    ).toEqual(Array(9).fill('TAKEN input,username'));
    const email = `${name}@example.com`;
    await mutate('createUser', { username: unique('x'), email });
    expect((await mutate('createUser', { username: unique('x'), email: email.toUpperCase() })).payload).toMatchObject([
      { code: 'TAKEN', path: ['input', 'email'] },
    ]);
  });

  it('I154 refuses keys that are not in the input', async () => {
    const before = await server.database.em().count(User);
    for (const key of ['id', 'isAdmin', 'passwordHash', 'createdAt', 'seeded', 'usernameKey']) {
      const { errors } = await mutate('createUser', { username: unique('x'), [key]: 'x' });
      expect(errors[0].extensions.code).toMatch(/BAD/);
    }
    expect(await server.database.em().count(User)).toBe(before);
  });

  it('makes an account without a password, which nobody can sign in to', async () => {
    const { user } = await mutate('createUser', { username: unique('silent') });
    expect((await signIn(user.username, '')).status).toBe(400);
    expect((await signIn(user.username, 'long enough')).status).toBe(400);
  });
});

describe('updateUser', () => {
  it('lets people change their own names and address, and nothing else of theirs', async () => {
    const user = await server.user();
    const token = await server.accessToken({ client, user });
    expect(
      (await mutate('updateUser', { id: user.id, firstName: 'Ada', lastName: 'Lovelace' }, token)).user,
    ).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace' });
    for (const change of [
      { username: unique('x') },
      { emailVerified: true },
      { disabled: false },
      { superuser: false },
      { attributes: {} },
    ]) {
      const { errors } = await mutate('updateUser', { id: user.id, firstName: 'Eve', ...change }, token);
      expect(errors).toMatchObject([{ path: ['updateUser'], extensions: { code: 'FORBIDDEN' } }]);
    }
    expect((await server.database.em().findOneOrFail(User, user.uuid)).firstName).toBe('Ada');
  });

  it('counts a changed address as not verified, even one changed by its owner back', async () => {
    const user = await server.user({ emailVerified: true });
    const token = await server.accessToken({ client, user });
    expect((await mutate('updateUser', { id: user.id, email: user.email }, token)).user.emailVerified).toBe(true);
    expect((await mutate('updateUser', { id: user.id, email: 'other@example.com' }, token)).user.emailVerified).toBe(
      false,
    );
    expect((await mutate('updateUser', { id: user.id, email: user.email }, token)).user.emailVerified).toBe(false);
    expect((await mutate('updateUser', { id: user.id, emailVerified: true })).user.emailVerified).toBe(true);
    expect((await mutate('updateUser', { id: user.id, email: null })).user).toMatchObject({
      email: null,
      emailVerified: false,
    });
  });

  it('ends sessions and tokens of a disabled user at the next request, for good', async () => {
    const user = await server.user();
    const token = await server.accessToken({ client, user });
    const browser = server.browser();
    await browser.submit(await browser.get('/login'), { username: user.username, password: user.password });
    expect((await mutate('updateUser', { id: user.id, disabled: true })).user.disabled).toBe(true);
    expect((await server.graphql('{ viewer { id } }', token)).status).toBe(401);
    expect((await signIn(user.username, user.password)).status).toBe(400);
    await mutate('updateUser', { id: user.id, disabled: false });
    expect((await server.graphql('{ viewer { id } }', token)).status).toBe(401);
    expect((await signIn(user.username, user.password)).status).toBe(200);
  });
});

describe('deleteUser', () => {
  it('I160 leaves nothing to somebody of the same name', async () => {
    const user = await server.user();
    const token = await server.accessToken({ client, user });
    expect((await mutate('deleteUser', { id: user.id })).deletedUserId).toBe(user.id);
    expect((await mutate('deleteUser', { id: user.id })).payload).toMatchObject([{ code: 'NOT_FOUND' }]);
    const again = await server.user({ username: user.username, email: user.email });
    expect(again.id).not.toBe(user.id);
    expect((await server.graphql('{ viewer { id } }', token)).status).toBe(401);
    expect((await server.graphql(`{ user(id: "${user.id}") { id } }`, managing)).body.data.user).toBeNull();
  });
});
