import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TestClient, unique } from '../../../support/fixtures.ts';
import { claimsIn } from '../../../support/id-tokens.ts';
import { expectTokenError } from '../../../support/invariants.ts';
import { countRows } from '../../../support/refusals.ts';
import { startServer, type TestServer } from '../../../support/server.ts';
import {
  bearerStatus,
  eventsOf,
  expectRevoked,
  refreshing,
  type TokenPair,
  tokenPair,
} from '../../../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

/** From here on the clock stands still, but for what the test does to it. */
function stopClock(): (seconds: number) => void {
  vi.useFakeTimers({ toFake: ['Date'] });
  const start = Date.now();
  return (seconds) => void vi.setSystemTime(start + seconds * 1000);
}

async function refresh(token: string, client: TestClient, more: Record<string, string> = {}): Promise<TokenPair> {
  const { status, body } = await server.token(refreshing(token, more), client);
  expect(status).toBe(200);
  return body;
}

const refuse = async (token: string, client: TestClient, more: Record<string, string> = {}) =>
  expectTokenError(await server.token(refreshing(token, more), client), 400, 'invalid_grant');

/** The ID token is signed anew; what it says is the same. */
function withoutLifetime({ expires_in: _, id_token, ...rest }: TokenPair) {
  const { iat: __, exp: ___, ...claims } = id_token === undefined ? {} : claimsIn(id_token);
  return { ...rest, claims };
}

describe('RFC 9700 §4.14.2: a refresh token that comes twice, after the grace', () => {
  it('F97: ends the whole family, and says so once in the audit trail', async () => {
    const client = await server.client();
    const user = await server.user();
    const clock = stopClock();
    const first = await tokenPair(server, client, {}, user);
    const second = await refresh(first.refresh_token, client);
    clock(11);
    await refuse(first.refresh_token, client);
    await expectRevoked(server, client, second);
    await expectRevoked(server, client, first);
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([
      { actor_id: user.uuid, ip: '127.0.0.1', detail: { authorization: expect.any(String) } },
    ]);
    const logged = server.log.join('');
    for (const token of [first.refresh_token, second.refresh_token, first.access_token])
      expect(logged).not.toContain(token);
  });

  it('F97: so does a grandparent, inside the grace as well', async () => {
    const client = await server.client();
    stopClock();
    const first = await tokenPair(server, client);
    const second = await refresh(first.refresh_token, client);
    const third = await refresh(second.refresh_token, client);
    await refuse(first.refresh_token, client);
    await expectRevoked(server, client, third);
  });

  it('F97: so does another scope, inside the grace as well: it is not the same request', async () => {
    const client = await server.client();
    stopClock();
    const first = await tokenPair(server, client, { scope: 'read profile' });
    const second = await refresh(first.refresh_token, client);
    await refuse(first.refresh_token, client, { scope: 'profile' });
    await expectRevoked(server, client, second);
  });

  it('F97: another approval of the same person, client and scope lives on', async () => {
    const client = await server.client();
    const user = await server.user();
    const clock = stopClock();
    const bystander = await tokenPair(server, client, {}, user);
    const first = await tokenPair(server, client, {}, user);
    await refresh(first.refresh_token, client);
    clock(60);
    await refuse(first.refresh_token, client);
    expect(await bearerStatus(server, bystander.access_token)).toBe(200);
    await refresh(bystander.refresh_token, client);
  });
});

describe('the grace: an answer that was lost', () => {
  it('F98: asking again gives the same tokens, only expires_in counts down, and one leaf lives', async () => {
    const client = await server.client();
    const clock = stopClock();
    const first = await tokenPair(server, client);
    const lost = await refresh(first.refresh_token, client);
    const before = await countRows(server);
    clock(4);
    const again = await refresh(first.refresh_token, client);
    expect(withoutLifetime(again)).toEqual(withoutLifetime(lost));
    expect(again.expires_in).toBe(lost.expires_in - 4);
    clock(10);
    expect(withoutLifetime(await refresh(first.refresh_token, client))).toEqual(withoutLifetime(lost));
    expect(await countRows(server)).toEqual(before);

    expect(await bearerStatus(server, again.access_token)).toBe(200);
    expect(await bearerStatus(server, first.access_token)).toBe(200);
    await refresh(again.refresh_token, client);
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
  });

  it('F98: it is counted from the first use, however often it is asked again', async () => {
    const client = await server.client();
    const clock = stopClock();
    const first = await tokenPair(server, client);
    const second = await refresh(first.refresh_token, client);
    for (const seconds of [4, 8]) {
      clock(seconds);
      await refresh(first.refresh_token, client);
    }
    clock(12);
    await refuse(first.refresh_token, client);
    await expectRevoked(server, client, second);
  });

  it('F98: the same narrowed scope is the same request', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client, { scope: 'read profile' });
    const lost = await refresh(first.refresh_token, client, { scope: 'profile' });
    expect(withoutLifetime(await refresh(first.refresh_token, client, { scope: 'profile' }))).toEqual(
      withoutLifetime(lost),
    );
  });

  it('F98: it ends as soon as the successor is spent, and its secret salt with it', async () => {
    const client = await server.client();
    const user = await server.user();
    stopClock();
    const first = await tokenPair(server, client, {}, user);
    const second = await refresh(first.refresh_token, client);
    await refresh(second.refresh_token, client);
    const salts = await server.database.em().execute(
      `SELECT r.parent_id IS NULL AS first, r.salt IS NULL AS gone FROM refresh_tokens r JOIN authorizations a ON a.id = r.authorization_id
       WHERE a.user_id = ? ORDER BY first DESC, gone DESC`,
      [user.uuid],
    );
    expect(salts).toEqual([
      { first: true, gone: true },
      { first: false, gone: true },
      { first: false, gone: false },
    ]);
  });

  it('F98: no stranger has any of it: another client is refused, and ends nothing', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client);
    const lost = await refresh(first.refresh_token, client);
    await refuse(first.refresh_token, await server.client());
    expect(withoutLifetime(await refresh(first.refresh_token, client))).toEqual(withoutLifetime(lost));
  });

  it('F100: fifty at once all get the same tokens, and one leaf lives', async () => {
    const client = await server.client({ name: unique('Racing app') });
    const first = await tokenPair(server, client);
    const before = await countRows(server);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => server.token(refreshing(first.refresh_token), client)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const bodies = answers.map(({ body }) => withoutLifetime(body));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    const after = await countRows(server);
    expect(after.refresh_tokens).toBe((before.refresh_tokens ?? 0) + 1);
    expect(after.access_tokens).toBe((before.access_tokens ?? 0) + 1);
    await refresh(answers[0]?.body.refresh_token, client);
  });
});
