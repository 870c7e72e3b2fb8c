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

describe('RFC 6749 §4.3: a trusted client trades a password for tokens', () => {
  it('S1-11 gives all its scopes when none is asked, in both kinds of token', async () => {
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

  it('S1-12 serves every user there is: an administrator, one in a group, one in none', async () => {
    const client = await server.client();
    const people = [
      { superuser: true },
      { permissions: ['MANAGE_USERS'] as const },
      {},
      { username: unique('Ünïcode 人'), email: `${unique('u')}@example.com` },
    ];
    for (const options of people) {
      const user = await server.user(options);
      const { body } = await server.token(form(user), client);
      const viewer = await server.graphql('{ viewer { username } }', body.access_token);
      expect(viewer.body).toEqual({ data: { viewer: { username: user.username } } });
    }
  });

  it('S1-18 grants exactly what is asked', async () => {
    const { body } = await server.token({ ...form(await server.user()), scope: 'read' }, await server.client());
    expect(body.scope).toBe('read');
  });

  it('S2-06 reads multipart/form-data, as `curl -F` sends it', async () => {
    const client = await server.client({ accessTokenTtl: 864_000 });
    const body = new FormData();
    for (const [name, value] of Object.entries({ ...form(await server.user()), scope: 'profile' }))
      body.append(name, value);
    const headers = { Authorization: `Basic ${btoa(`${client.clientId}:${client.secret}`)}` };
    const answer = await read(await server.request('/oauth/token', { method: 'POST', body, headers }));
    expect(answer).toMatchObject({
      status: 200,
      body: { expires_in: 864_000, scope: 'profile', token_type: 'Bearer' },
    });
    expect(Object.keys(answer.body).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ]);
  });

  it('S2-07 knows no password that fits everybody, and makes no user of a name it has not heard', async () => {
    const [client, user, stranger] = [await server.client(), await server.user(), unique('stranger')];
    expectTokenError(await server.token(form({ ...user, password: 'valid' }), client), 400, 'invalid_grant');
    expectTokenError(await server.token(form({ username: stranger, password: 'valid' }), client), 400, 'invalid_grant');
    const browser = server.browser();
    const page = await browser.submit(await browser.get('/login'), { username: stranger, password: 'valid' });
    expect(page.status).toBe(401);
    expect(await server.database.em().execute('SELECT 1 FROM users WHERE username = ?', [stranger])).toEqual([]);
  });

  it('S3-07 takes an e-mail address for the username, whatever its capitals', async () => {
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

describe('RFC 6749 §5.2: what a wrong password, client or scope is told', () => {
  it('S1-21 tells a wrong password and an unknown user the same, after the same time', async () => {
    const [client, user] = [await server.client(), await server.user()];
    const disabled = await server.user();
    await server.database.em().execute('UPDATE users SET disabled = true WHERE username = ?', [disabled.username]);
    const wrong = () => server.token(form({ ...user, password: 'not the password' }), client);
    const unknown = () => server.token(form({ username: unique('nobody'), password: 'not the password' }), client);
    expectTokenError(await wrong(), 400, 'invalid_grant');
    const told = await wrong();
    for (const answer of [await unknown(), await server.token(form(disabled), client)]) {
      expect(answer.status).toBe(told.status);
      expect(answer.body).toEqual(told.body);
      const names = (headers: Headers) => [...headers.keys()].sort();
      expect(names(answer.headers)).toEqual(names(told.headers));
    }

    // One slow hash each: without it the unknown user would be answered in a tenth of the time.
    const [forWrong, forUnknown] = [await quickest(wrong), await quickest(unknown)];
    expect(forUnknown).toBeGreaterThan(forWrong / 3);
    expect(forUnknown).toBeLessThan(forWrong * 3);
  });

  it('S1-21 is invalid_client for a wrong client, and invalid_scope for a scope that is unknown or not the client’s', async () => {
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

describe('RFC 6749 §10: what is kept of a password', () => {
  it('S3-11 is an argon2id hash, which only the password opens', async () => {
    const user = await server.user();
    const [row] = await server.database
      .em()
      .execute('SELECT password_hash FROM users WHERE username = ?', [user.username]);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(row?.password_hash, user.password)).toBe(true);
    expect(await verifyPassword(row?.password_hash, `${user.password} `)).toBe(false);
  });
});
