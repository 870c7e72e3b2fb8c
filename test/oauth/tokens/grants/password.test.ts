import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyPassword } from '../../../../src/crypto/passwords.ts';
import { unique } from '../../../support/fixtures.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { read } from '../../../support/send.ts';
import { sharedServer, type TestServer } from '../../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const form = ({ username, password }: { username: string; password: string }) => ({
  grant_type: 'password',
  username,
  password,
});

describe('RFC 6749 §4.3: password grant', () => {
  it('S1-11: a request without a scope gets the default scopes and a refresh token', async () => {
    const client = await server.client({ scope: 'read write groups', accessTokenTtl: 36_000 });
    const { status, body } = await server.token(form(await server.user()), client);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 36_000,
      refresh_token: expect.any(String),
      scope: 'read write groups',
    });
  });

  it('S1-12: the grant works for an administrator, a group member and a user without groups', async () => {
    const client = await server.client();
    const users = [
      { superuser: true },
      { permissions: ['MANAGE_USERS'] as const },
      {},
      { username: unique('Ünïcode 人'), email: `${unique('u')}@example.com` },
    ];
    for (const options of users) {
      const user = await server.user(options);
      const { body } = await server.token(form(user), client);
      const viewer = await server.graphql('{ viewer { username } }', body.access_token);
      expect(viewer.body).toEqual({ data: { viewer: { username: user.username } } });
    }
  });

  it('S1-18: a token has exactly the requested scope', async () => {
    const { body } = await server.token({ ...form(await server.user()), scope: 'read' }, await server.client());
    expect(body.scope).toBe('read');
  });

  it('S2-06: the token endpoint accepts multipart/form-data from curl -F', async () => {
    const client = await server.client({ accessTokenTtl: 864_000 });
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...form(await server.user()), scope: 'profile' }))
      body.append(name, value);
    const headers = { Authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}` };
    const response = await read(await server.request('/oauth/token', { method: 'POST', body, headers }));
    expect(response).toMatchObject({
      status: 200,
      body: { expires_in: 864_000, scope: 'profile', token_type: 'Bearer' },
    });
    expect(Object.keys(response.body).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ]);
  });

  it('S2-07: no password works for every user, and signing in creates no user', async () => {
    const [client, user, stranger] = [await server.client(), await server.user(), unique('stranger')];
    expectTokenError(await server.token(form({ ...user, password: 'valid' }), client), 400, 'invalid_grant');
    expectTokenError(await server.token(form({ username: stranger, password: 'valid' }), client), 400, 'invalid_grant');
    const browser = server.browser();
    const page = await browser.submit(await browser.get('/login'), { username: stranger, password: 'valid' });
    expect(page.status).toBe(401);
    expect(await server.database.em().execute('SELECT 1 FROM users WHERE username = ?', [stranger])).toEqual([]);
  });

  it('S3-07: the username may be an email address, ignoring case', async () => {
    const [client, user] = [await server.client(), await server.user({ email: `${unique('Kim')}@Example.com` })];
    for (const username of [
      user.email,
      user.email.toUpperCase(),
      user.email.toLowerCase(),
      user.username.toUpperCase(),
    ]) {
      const { status, body } = await server.token(form({ ...user, username }), client);
      expect({ status, refreshable: 'refresh_token' in body }).toEqual({ status: 200, refreshable: true });
    }
    await expect(server.user({ email: user.email.toUpperCase() })).rejects.toThrow(
      'This email address is already taken',
    );
  });
});

describe('RFC 6749 §5.2: errors of the password grant', () => {
  it('S1-21: a wrong password and an unknown user get the same response after a similar time', async () => {
    const [client, user] = [await server.client(), await server.user()];
    const disabled = await server.user();
    await server.database.em().execute('UPDATE users SET disabled = true WHERE username = ?', [disabled.username]);
    const wrong = () => server.token(form({ ...user, password: 'not the password' }), client);
    const unknown = () => server.token(form({ username: unique('nobody'), password: 'not the password' }), client);
    expectTokenError(await wrong(), 400, 'invalid_grant');
    const expected = await wrong();
    for (const response of [await unknown(), await server.token(form(disabled), client)]) {
      expect(response.status).toBe(expected.status);
      expect(response.body).toEqual(expected.body);
      const names = (headers: Headers) => [...headers.keys()].sort();
      expect(names(response.headers)).toEqual(names(expected.headers));
    }

    // Without a password hash, the response for an unknown user would take a tenth of the time.
    const [forWrong, forUnknown] = [await quickest(wrong), await quickest(unknown)];
    expect(forUnknown).toBeGreaterThan(forWrong / 3);
    expect(forUnknown).toBeLessThan(forWrong * 3);
  });

  it('S1-21: a wrong client is invalid_client, and a scope that is unknown or not registered is invalid_scope', async () => {
    const [client, user] = [await server.client({ scope: 'read' }), await server.user()];
    expectTokenError(await server.token(form(user), { ...client, secret: 'wrong' }), 401, 'invalid_client');
    expectTokenError(await server.token(form(user), { clientId: 'nobody', secret: 'wrong' }), 401, 'invalid_client');
    for (const scope of ['nonsense', 'write', 'read nonsense'])
      expectTokenError(await server.token({ ...form(user), scope }, client), 400, 'invalid_scope');
  });
});

async function quickest(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return Math.min(...times);
}

describe('RFC 6749 §10: storage of passwords', () => {
  it('S3-11: a password is stored as an argon2id hash that only this password matches', async () => {
    const user = await server.user();
    const [row] = await server.database
      .em()
      .execute('SELECT password_hash FROM users WHERE username = ?', [user.username]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(row?.password_hash, user.password)).toBe(true);
    expect(await verifyPassword(row?.password_hash, `${user.password} `)).toBe(false);
  });
});
