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

/** Stops the clock. Returns a function that sets it to some seconds later. */
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

/** The response without the values that differ in a retry. The ID token is signed again, with the same claims. */
function withoutLifetime({ expires_in: _, id_token, ...rest }: TokenPair) {
  const { iat: __, exp: ___, ...claims } = id_token === undefined ? {} : claimsIn(id_token);
  return { ...rest, claims };
}

describe('RFC 9700 §4.14.2: replay of a refresh token', () => {
  it('F97: a replay revokes the whole token family and is recorded once in the audit trail', async () => {
    const client = await server.client();
    const user = await server.user();
    const clock = stopClock();
    const first = await tokenPair(server, client, {}, user);
    const second = await refresh(first.refresh_token, client);
    clock(61);
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

  it('F97: a replay of a token that was rotated twice revokes the family, also within the grace period', async () => {
    const client = await server.client();
    stopClock();
    const first = await tokenPair(server, client);
    const second = await refresh(first.refresh_token, client);
    const third = await refresh(second.refresh_token, client);
    await refuse(first.refresh_token, client);
    await expectRevoked(server, client, third);
  });

  it('F97: a replay with another scope revokes the family, also within the grace period', async () => {
    const client = await server.client();
    stopClock();
    const first = await tokenPair(server, client, { scope: 'read profile' });
    const second = await refresh(first.refresh_token, client);
    await refuse(first.refresh_token, client, { scope: 'profile' });
    await expectRevoked(server, client, second);
  });

  it('F97: a replay revokes no other authorization with the same user, client and scope', async () => {
    const client = await server.client();
    const user = await server.user();
    const clock = stopClock();
    const bystander = await tokenPair(server, client, {}, user);
    const first = await tokenPair(server, client, {}, user);
    await refresh(first.refresh_token, client);
    clock(61);
    await refuse(first.refresh_token, client);
    expect(await bearerStatus(server, bystander.access_token)).toBe(200);
    await refresh(bystander.refresh_token, client);
  });
});

describe('RFC 9700 §4.14.2: grace period for lost responses', () => {
  it('F98: a retry returns the same tokens with a lower expires_in and issues nothing new', async () => {
    const client = await server.client();
    const clock = stopClock();
    const first = await tokenPair(server, client);
    const lost = await refresh(first.refresh_token, client);
    const before = await countRows(server);
    clock(4);
    const retry = await refresh(first.refresh_token, client);
    expect(withoutLifetime(retry)).toEqual(withoutLifetime(lost));
    expect(retry.expires_in).toBe(lost.expires_in - 4);
    clock(60);
    expect(withoutLifetime(await refresh(first.refresh_token, client))).toEqual(withoutLifetime(lost));
    expect(await countRows(server)).toEqual(before);

    expect(await bearerStatus(server, retry.access_token)).toBe(200);
    expect(await bearerStatus(server, first.access_token)).toBe(200);
    await refresh(retry.refresh_token, client);
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
  });

  it('F98: the grace period starts at the first use and retries do not extend it', async () => {
    const client = await server.client();
    const clock = stopClock();
    const first = await tokenPair(server, client);
    const second = await refresh(first.refresh_token, client);
    for (const seconds of [30, 59]) {
      clock(seconds);
      await refresh(first.refresh_token, client);
    }
    clock(61);
    await refuse(first.refresh_token, client);
    await expectRevoked(server, client, second);
  });

  it('F98: a retry with the same narrowed scope returns the same tokens', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client, { scope: 'read profile' });
    const lost = await refresh(first.refresh_token, client, { scope: 'profile' });
    expect(withoutLifetime(await refresh(first.refresh_token, client, { scope: 'profile' }))).toEqual(
      withoutLifetime(lost),
    );
  });

  it('F98: the salt is deleted as soon as the successor is used', async () => {
    const client = await server.client();
    const user = await server.user();
    stopClock();
    const first = await tokenPair(server, client, {}, user);
    const second = await refresh(first.refresh_token, client);
    await refresh(second.refresh_token, client);
    const salts = await server.database.em().execute(
      `SELECT r.parent_id IS NULL AS first, r.salt IS NULL AS deleted FROM refresh_tokens r JOIN authorizations a ON a.id = r.authorization_id
       WHERE a.user_id = ? ORDER BY first DESC, deleted DESC`,
      [user.uuid],
    );
    expect(salts).toEqual([
      { first: true, deleted: true },
      { first: false, deleted: true },
      { first: false, deleted: false },
    ]);
  });

  it('F98: another client is refused within the grace period and revokes nothing', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client);
    const lost = await refresh(first.refresh_token, client);
    await refuse(first.refresh_token, await server.client());
    expect(withoutLifetime(await refresh(first.refresh_token, client))).toEqual(withoutLifetime(lost));
  });

  it('F100: fifty concurrent refreshes get the same tokens and issue only one pair', async () => {
    const client = await server.client({ name: unique('Racing app') });
    const first = await tokenPair(server, client);
    const before = await countRows(server);
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => server.token(refreshing(first.refresh_token), client)),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const bodies = responses.map(({ body }) => withoutLifetime(body));
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
    const after = await countRows(server);
    expect(after.refresh_tokens).toBe((before.refresh_tokens ?? 0) + 1);
    expect(after.access_tokens).toBe((before.access_tokens ?? 0) + 1);
    await refresh(responses[0]?.body.refresh_token, client);
  });
});
