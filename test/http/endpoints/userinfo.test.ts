import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestUser } from '../../support/fixtures.ts';
import { expectCleanResponse } from '../../support/invariants.ts';
import { read, type TestResponse } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let user: TestUser;
beforeAll(async () => {
  server = await sharedServer();
  user = await server.user({ firstName: 'Ada', lastName: 'Lovelace' });
});
afterAll(() => server.close());

const tokenFor = (...scopes: string[]): Promise<string> => server.accessToken({ scopes, user });
const ask = async (init: RequestInit = {}, query = ''): Promise<TestResponse> =>
  read(await server.request(`/oauth/userinfo${query}`, init));
const bearer = (token: string): RequestInit => ({ headers: { Authorization: `Bearer ${token}` } });
const challengeOf = ({ headers }: TestResponse): string => headers.get('WWW-Authenticate') ?? '';

/** RFC 9728 §5.1 */
const described = () => `resource_metadata="${server.config.issuer}/.well-known/oauth-protected-resource"`;

describe('OpenID Connect Core 1.0 §5.3: userinfo', () => {
  it('GET and POST return the claims of the scopes of the token, and caches may not store them', async () => {
    const token = await tokenFor('openid', 'profile', 'email', 'groups');
    const claims = {
      ...{ sub: user.id, name: 'Ada Lovelace', given_name: 'Ada', family_name: 'Lovelace' },
      ...{ preferred_username: user.username, email: user.email, email_verified: false, groups: [] },
    };
    for (const init of [bearer(token), { ...bearer(token), method: 'POST' }]) {
      const answer = await ask(init);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual(claims);
      expect(answer.headers.get('Content-Type')).toMatch(/^application\/json\b/);
      expect(answer.headers.get('Cache-Control')).toBe('no-store');
      expect(answer.headers.get('WWW-Authenticate')).toBeNull();
    }
    expect((await ask(bearer(await tokenFor('openid')))).body).toEqual({ sub: user.id });
    expect(Object.keys((await ask(bearer(await tokenFor('openid', 'email')))).body)).toEqual([
      ...['sub', 'email', 'email_verified'],
    ]);
  });

  it('RFC 6750 §2.2: the token can be in the form of a POST, but not in the header as well', async () => {
    const token = await tokenFor('openid');
    const body = new URLSearchParams({ access_token: token });
    expect(await ask({ method: 'POST', body })).toMatchObject({ status: 200, body: { sub: user.id } });
    const twice = await ask({ ...bearer(token), method: 'POST', body });
    expect(twice).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(challengeOf(twice)).toBe(`Bearer realm="gatehouse", error="invalid_request", ${described()}`);
    const repeated = new URLSearchParams([...body, ...body]);
    expect(await ask({ method: 'POST', body: repeated })).toMatchObject({ status: 400 });
  });

  it('RFC 6750 §2.3: a token in the URL is refused, regardless of the rest of the request', async () => {
    const token = await tokenFor('openid');
    const answer = await ask(bearer(token), `?access_token=${token}`);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('RFC 6750 §3.1: a request without a token gets 401 without an error code; an inactive token is invalid_token', async () => {
    const anonymous = await ask();
    expect(anonymous.status).toBe(401);
    expect(challengeOf(anonymous)).toBe(`Bearer realm="gatehouse", scope="openid", ${described()}`);

    const token = await tokenFor('openid');
    await server.database.em().execute('UPDATE users SET disabled = true WHERE id = ?', [user.uuid]);
    const inactive = await ask(bearer(token));
    await server.database.em().execute('UPDATE users SET disabled = false WHERE id = ?', [user.uuid]);
    for (const answer of [
      inactive,
      await ask(bearer('nonsense')),
      await ask({ headers: { Authorization: 'Bearer' } }),
    ]) {
      expectCleanResponse(answer, answer.body);
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
      expect(challengeOf(answer)).toBe(
        `Bearer realm="gatehouse", error="invalid_token", scope="openid", ${described()}`,
      );
    }
    expect((await ask(bearer(token))).status).toBe(200);
  });

  it('RFC 6750 §3.1: a token without openid and one without a user get 403', async () => {
    const service = await server.accessToken({ scopes: ['openid', 'profile'], user: null });
    for (const token of [await tokenFor('profile', 'read'), service]) {
      const answer = await ask(bearer(token));
      expect(answer).toMatchObject({ status: 403, body: { error: 'insufficient_scope' } });
      expect(challengeOf(answer)).toContain('error="insufficient_scope", scope="openid"');
    }
  });

  it('other methods are not allowed', async () => {
    const answer = await ask({ method: 'DELETE', body: 'x' });
    expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'GET, HEAD, POST']);
  });
});
