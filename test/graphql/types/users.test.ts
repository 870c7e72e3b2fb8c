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
  client = await server.client({ unverifiedEmail: true });
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

describe('GraphQL mutation createUser', () => {
  it('names are stored normalized, and sign-in ignores case', async () => {
    const word = unique('ﬁ');
    const { user } = await mutate('createUser', {
      username: word,
      password: 'long enough',
      email: `${word}@Example.com`,
    });
    expect(user.username).toBe(word.normalize('NFKC'));
    expect(user.email).toBe(`${word}@Example.com`.normalize('NFKC'));
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
  ])('the username %j is rejected', async (username, field) => {
    expect((await mutate('createUser', { username })).payload).toMatchObject([
      { code: 'INVALID', path: ['input', field] },
    ]);
  });

  it.each(['plain', 'a@', '@b', 'a b@c', 'a@b@c', `${'x'.repeat(250)}@b.example`, 'a@b\u202e'])(
    'the email address %j is rejected',
    async (email) => {
      const { payload, user } = await mutate('createUser', { username: unique('x'), email });
      expect(payload).toMatchObject([{ code: 'INVALID', path: ['input', 'email'] }]);
      expect(user).toBeNull();
    },
  );

  it.each(['1234567', '🙂'.repeat(7), 'x'.repeat(1025), ''])('the password %j is rejected', async (password) => {
    const { payload } = await mutate('createUser', { username: unique('x'), password });
    expect(payload).toMatchObject([{ code: 'INVALID', path: ['input', 'password'] }]);
  });

  it('269: only one of ten concurrent requests gets the same username, ignoring case', async () => {
    const name = unique('wanted');
    const inputs = Array.from({ length: 10 }, (_, at) =>
      at % 2 ? { username: name.toUpperCase() } : { username: name },
    );
    const results = await Promise.all(inputs.map((input) => mutate('createUser', input)));
    expect(results.filter(({ user }) => user)).toHaveLength(1);
    expect(
      results.flatMap(({ payload }) =>
        payload.map(({ code, path }: { code: string; path: string[] }) => `${code} ${path}`),
      ),
    ).toEqual(Array(9).fill('TAKEN input,username'));
    const email = `${name}@example.com`;
    await mutate('createUser', { username: unique('x'), email });
    expect((await mutate('createUser', { username: unique('x'), email: email.toUpperCase() })).payload).toMatchObject([
      { code: 'TAKEN', path: ['input', 'email'] },
    ]);
  });

  it('I154: fields that are not in the input type are rejected', async () => {
    const before = await server.database.em().count(User);
    for (const key of ['id', 'isAdmin', 'passwordHash', 'createdAt', 'seeded', 'usernameKey']) {
      const { errors } = await mutate('createUser', { username: unique('x'), [key]: 'x' });
      expect(errors[0].extensions.code).toMatch(/BAD/);
    }
    expect(await server.database.em().count(User)).toBe(before);
  });

  it('a user without a password cannot sign in with one', async () => {
    const { user } = await mutate('createUser', { username: unique('silent') });
    expect((await signIn(user.username, '')).status).toBe(400);
    expect((await signIn(user.username, 'long enough')).status).toBe(400);
  });
});

describe('GraphQL mutation updateUser', () => {
  it('users can change only their own names and email address', async () => {
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

  it('a changed email address is not verified, even if it is changed back', async () => {
    const user = await server.user({ emailVerified: true });
    const token = await server.accessToken({ client, user });
    const change = async (email: string) =>
      (await mutate('updateUser', { id: user.id, email, currentPassword: user.password }, token)).user;
    expect((await change(user.email)).emailVerified).toBe(true);
    expect((await change('other@example.com')).emailVerified).toBe(false);
    expect((await change(user.email)).emailVerified).toBe(false);
    expect((await mutate('updateUser', { id: user.id, emailVerified: true })).user.emailVerified).toBe(true);
    expect((await mutate('updateUser', { id: user.id, email: null })).user).toMatchObject({
      email: null,
      emailVerified: false,
    });
  });

  it('users change their own email address only with their current password, even with MANAGE_USERS', async () => {
    for (const user of [await server.user(), await server.user({ superuser: true })]) {
      const token = await server.accessToken({ client, user });
      const email = `${unique('new')}@example.com`;
      for (const [wrong, value] of [
        [{}, email],
        [{ currentPassword: 'not this one' }, email],
        [{}, null],
      ] as const) {
        const { payload } = await mutate(
          'updateUser',
          { id: user.id, firstName: 'Eve', email: value, ...wrong },
          token,
        );
        expect(payload).toMatchObject([{ code: 'INVALID', path: ['input', 'currentPassword'] }]);
      }
      expect(await server.database.em().findOneOrFail(User, user.uuid)).toMatchObject({
        email: user.email,
        firstName: '',
      });
      const { user: changed } = await mutate(
        'updateUser',
        { id: user.id, email, currentPassword: user.password },
        token,
      );
      expect(changed).toMatchObject({ email, emailVerified: false });
      expect((await mutate('updateUser', { id: user.id, firstName: 'Ada' }, token)).user.firstName).toBe('Ada');
    }
  });

  it('tokens of a disabled user are rejected at once and stay revoked after the user is enabled again', async () => {
    const user = await server.user();
    const token = await server.accessToken({ client, user });
    const browser = server.browser();
    await browser.submit(await browser.get('/login'), { username: user.username, password: user.password });
    expect((await mutate('updateUser', { id: user.id, disabled: true })).user.disabled).toBe(true);
    expect((await server.graphql('{ viewer { sub } }', token)).status).toBe(401);
    expect((await signIn(user.username, user.password)).status).toBe(400);
    await mutate('updateUser', { id: user.id, disabled: false });
    expect((await server.graphql('{ viewer { sub } }', token)).status).toBe(401);
    expect((await signIn(user.username, user.password)).status).toBe(200);
  });
});

describe('GraphQL mutation deleteUser', () => {
  it('I160: a new user with the name of a deleted one inherits nothing', async () => {
    const user = await server.user();
    const token = await server.accessToken({ client, user });
    expect((await mutate('deleteUser', { id: user.id })).deletedUserId).toBe(user.id);
    expect((await mutate('deleteUser', { id: user.id })).payload).toMatchObject([{ code: 'NOT_FOUND' }]);
    const successor = await server.user({ username: user.username, email: user.email });
    expect(successor.id).not.toBe(user.id);
    expect((await server.graphql('{ viewer { sub } }', token)).status).toBe(401);
    expect((await server.graphql(`{ user(id: "${user.id}") { id } }`, managing)).body.data.user).toBeNull();
  });
});
