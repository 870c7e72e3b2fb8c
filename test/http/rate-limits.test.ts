import { availableParallelism } from 'node:os';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { repeat, statuses, tryPasswordGrant, trySignIn } from '../support/authentication-attempts.ts';
import { unique } from '../support/fixtures.ts';
import { expectErrorPage } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ TRUST_PROXY: '1' });
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

const passTime = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });

/** A network that no other test uses. */
let networks = 0;
const elsewhere = () => `10.0.${++networks}.1`;

describe('OWASP ASVS 5 §6.3.1: guessing the password of an account', () => {
  it('ten wrong passwords from one network cause a delay, which also applies to the right one', async () => {
    const [user, home] = [await server.user(), elsewhere()];
    const tries = await repeat(10, () => trySignIn(server, user.username, 'wrong', home));
    expect(statuses(tries)).toEqual({ 401: 10 });
    const { status, retryAfter, text } = await trySignIn(server, user.username, user.password, home);
    expect(status).toBe(429);
    expect(retryAfter).toBeGreaterThan(25);
    expect(retryAfter).toBeLessThanOrEqual(30);
    expect(text).toContain('Too many attempts');
    passTime(31);
    expect((await trySignIn(server, user.username, user.password, home)).status).toBe(303);
  });

  it('an attacker cannot lock the account, because the owner can sign in from another network', async () => {
    const [user, strangers] = [await server.user(), elsewhere()];
    await repeat(12, () => trySignIn(server, user.username, 'wrong', strangers));
    expect((await trySignIn(server, user.username, user.password, strangers)).status).toBe(429);
    expect((await trySignIn(server, user.username, user.password, elsewhere())).status).toBe(303);
    expect((await trySignIn(server, (await server.user()).username, 'wrong', strangers)).status).toBe(401);
  });

  it('the delay grows with every further failure, up to an hour', async () => {
    const [{ username }, home] = [await server.user(), elsewhere()];
    await repeat(10, () => trySignIn(server, username, 'wrong', home));
    const waits: number[] = [];
    for (let round = 0; round < 9; round++) {
      const { status, retryAfter } = await trySignIn(server, username, 'wrong', home);
      expect(status).toBe(429);
      waits.push(retryAfter);
      passTime(retryAfter + 1);
      expect((await trySignIn(server, username, 'wrong', home)).status).toBe(401);
    }
    const [first = 0, ...others] = waits;
    expect(first).toBeLessThanOrEqual(30);
    for (const [at, wait] of others.entries()) {
      const wanted = Math.min(30 * 2 ** (at + 1), 3600);
      expect(wait).toBeGreaterThan(wanted - 5);
      expect(wait).toBeLessThanOrEqual(wanted);
    }
  });

  it('a successful sign-in resets the count', async () => {
    const [{ username, password }, home] = [await server.user(), elsewhere()];
    for (let round = 0; round < 3; round++) {
      const tries = await repeat(9, () => trySignIn(server, username, 'wrong', home));
      expect(statuses(tries)).toEqual({ 401: 9 });
      expect((await trySignIn(server, username, password, home)).status).toBe(303);
      passTime(61);
    }
  });

  it('J179: an unknown account is counted and reported like an existing one', async () => {
    const user = await server.user();
    const answers = await Promise.all(
      [user.username, unique('nobody')].map(async (username) => {
        const home = elsewhere();
        const tries = await repeat(12, () => trySignIn(server, username, 'wrong', home));
        return tries.map(({ status, text }) => [
          status,
          text.replaceAll(username, '').replaceAll(/value="[^"]*"|<code>[^<]*<\/code>/g, ''),
        ]);
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.map(([status]) => status).slice(9)).toEqual([401, 429, 429]);
  });

  it('the error is a page like the others', async () => {
    const home = elsewhere();
    await repeat(11, () => trySignIn(server, 'whoever', 'wrong', home));
    const form = await server.request('/login', { headers: { 'X-Forwarded-For': home } });
    const cookie = form.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(await form.text())?.[1] ?? '';
    const headers = { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin', 'X-Forwarded-For': home };
    const body = new URLSearchParams({ csrf, username: 'whoever', password: 'wrong' });
    const html = await expectErrorPage(await server.request('/login', { method: 'POST', body, headers }), 429);
    expect(html).not.toContain('whoever');
  });

  it('N271: a hundred attempts at once cannot exceed the limit plus the number of cores', async () => {
    const [{ username }, home] = [await server.user(), elsewhere()];
    const tries = await Promise.all(Array.from({ length: 100 }, () => trySignIn(server, username, 'wrong', home)));
    const { 401: allowed = 0, 429: refused = 0, ...others } = statuses(tries);
    expect(others).toEqual({});
    expect(allowed).toBeGreaterThan(0);
    expect(allowed).toBeLessThanOrEqual(10 + availableParallelism());
    expect(allowed + refused).toBe(100);
  });
});

describe('Guessing through the password grant', () => {
  it('attempts are counted by account and network, like those on the sign-in page', async () => {
    const [client, other] = [await server.client(), await server.client()];
    const [user, neighbour] = [await server.user(), await server.user()];
    const home = elsewhere();
    const guess = (password: string) => tryPasswordGrant(server, client, user.username, password, home);
    expect(statuses(await repeat(10, () => guess('wrong')))).toEqual({ 400: 10 });
    const { status, retryAfter, text } = await guess(user.password);
    expect([status, JSON.parse(text).error]).toEqual([429, 'temporarily_unavailable']);
    expect(retryAfter).toBeGreaterThan(25);

    expect((await tryPasswordGrant(server, client, neighbour.username, neighbour.password, home)).status).toBe(200);
    expect((await tryPasswordGrant(server, other, user.username, user.password, home)).status).toBe(429);
    expect((await tryPasswordGrant(server, client, user.username, user.password, elsewhere())).status).toBe(200);
    expect((await trySignIn(server, user.username, user.password, elsewhere())).status).toBe(303);
    passTime(31);
    expect((await guess(user.password)).status).toBe(200);
  });

  it('J184: attempts on many accounts from one network get 429 after thirty in a minute', async () => {
    const [client, home] = [await server.client(), elsewhere()];
    const tries = await repeat(34, () => tryPasswordGrant(server, client, unique('nobody'), 'Summer2026!', home));
    expect(statuses(tries)).toEqual({ 400: 30, 429: 4 });
  });

  it('an account has one count, whether its username or its email address is entered', async () => {
    const [client, user, home] = [await server.client(), await server.user(), elsewhere()];
    const names = [user.username, user.email, user.username.toUpperCase()];
    const tries = await repeat(11, (index) => trySignIn(server, names[index % 3] ?? '', 'wrong', home));
    expect(statuses(tries)).toEqual({ 401: 10, 429: 1 });
    expect((await tryPasswordGrant(server, client, user.email, user.password, home)).status).toBe(429);
  });

  it('J179: unknown accounts are counted like existing ones', async () => {
    const client = await server.client();
    const names = [(await server.user()).username, unique('nobody')];
    const [known, unknown] = await Promise.all(
      names.map((name) => repeat(12, () => tryPasswordGrant(server, client, name, 'wrong'))),
    );
    const words = (answers: typeof known) => answers?.map(({ status, text }) => [status, text]);
    expect(words(known)).toEqual(words(unknown));
    expect(statuses(known ?? [])).toEqual({ 400: 10, 429: 2 });
  });
});

describe('Guessing the current password with a stolen token', () => {
  it('ten wrong passwords lead to TOO_MANY_ATTEMPTS, and other users are not affected', async () => {
    const [user, other] = [await server.user(), await server.user()];
    const client = await server.client();
    const token = await server.accessToken({ client, user });
    const SET = 'mutation($input: SetPasswordInput!) { setPassword(input: $input) { errors { path } } }';
    const change = ({ id }: typeof user, bearer: string, currentPassword: string) =>
      server.graphql(SET, bearer, { input: { id, password: 'a new password', currentPassword } });
    for (const { body } of await repeat(10, () => change(user, token, 'wrong')))
      expect(body.data.setPassword.errors).toEqual([{ path: ['input', 'currentPassword'] }]);
    const { status, headers, body } = await change(user, token, user.password);
    expect([status, body.errors[0].extensions.code]).toEqual([429, 'TOO_MANY_ATTEMPTS']);
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(25);
    // The owner's own session and other tokens have their own count.
    const renewed = await server.accessToken({ client, user });
    expect((await change(user, renewed, 'wrong')).status).toBe(200);
    const browser = server.browser();
    const signedIn = await browser.get('/login?to=account');
    const account = await browser.submit(signedIn, { username: user.username, password: user.password });
    const NEW = 'a password nobody had before';
    const fields = { currentPassword: user.password, password: NEW, repeated: NEW };
    expect((await browser.submit(account, fields)).url).toContain('done=password');
    const others = await change(other, await server.accessToken({ client, user: other }), other.password);
    expect(others.body.data.setPassword.errors).toEqual([]);
  });
});
