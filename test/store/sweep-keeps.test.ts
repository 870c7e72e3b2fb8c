import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { retentionOf, sweep } from '../../src/store/sweep.ts';
import { issueCode } from '../support/authorize.ts';
import { introspect } from '../support/client-endpoints.ts';
import { expectTokenError } from '../support/invariants.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { eventsOf, exchange, expectRevoked, refreshing, tokenPair } from '../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  // The grace period is longer than the shortest access token lifetime, so a token can expire before the grace period ends.
  server = await startServer({ REFRESH_GRACE: '120' });
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

/** Advances the clock by that time and sweeps. */
async function sweepAfter(seconds: number): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 });
  await sweep(server.database.sql, new Date(), retentionOf(server.config));
}

const salts = async (): Promise<number> => {
  const [row] = await server.database
    .em()
    .execute<{ n: number }[]>('SELECT count(*)::int AS n FROM refresh_tokens WHERE salt IS NOT NULL');
  return row?.n ?? 0;
};

describe('Rows that reveal a theft are kept until everything they issued has expired', () => {
  it.each([
    ['after its own minute', 90],
    ['after the access token', 3700],
    ['after 23 hours', 23 * 3600],
  ])('D59, O281: a code that is reused %s still revokes the tokens it was redeemed for', async (_, seconds) => {
    const client = await server.client();
    const code = await issueCode(server, client);
    const { body: pair } = await server.token(exchange(code), client);
    await sweepAfter(seconds);
    expectTokenError(await server.token(exchange(code), client), 400, 'invalid_grant');
    await expectRevoked(server, client, pair);
    expect(await eventsOf(server, 'code.replayed', client)).toHaveLength(1);
  });

  it.each([
    ['when the grace period has ended', 121],
    ['after the access token', 3700],
    ['after 13 days', 13 * 86_400],
  ])('O281: a refresh token that is reused %s still revokes its family', async (_, seconds) => {
    const client = await server.client();
    const first = await tokenPair(server, client);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    await sweepAfter(seconds);
    expectTokenError(await server.token(refreshing(first.refresh_token), client), 400, 'invalid_grant');
    await expectRevoked(server, client, second);
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toHaveLength(1);
  });

  it('O281: an unused refresh token is valid until its idle timeout', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client);
    await sweepAfter(13 * 86_400);
    const { body: second, status } = await server.token(refreshing(first.refresh_token), client);
    expect(status).toBe(200);
    await sweepAfter(14 * 86_400 + 1);
    expectTokenError(await server.token(refreshing(second.refresh_token), client), 400, 'invalid_grant');
  });
});

describe('Rows for repeated requests are kept until the grace period ends', () => {
  it('the salt of a rotated refresh token is kept until the grace period ends and no longer', async () => {
    const client = await server.client();
    const first = await tokenPair(server, client);
    const before = await salts();
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    expect(await salts()).toBe(before + 1);
    await sweepAfter(119);
    const { body: again } = await server.token(refreshing(first.refresh_token), client);
    expect(again.refresh_token).toBe(second.refresh_token);
    await sweepAfter(2);
    expect(await salts()).toBeLessThanOrEqual(before);
    expect((await server.token(refreshing(second.refresh_token), client)).status).toBe(200);
  });

  it('a lost response is repeated even if its access token has expired, and is not treated as a replay', async () => {
    const client = await server.client({ accessTokenTtl: 60 });
    const first = await tokenPair(server, client);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    await sweepAfter(90);
    const { status, body } = await server.token(refreshing(first.refresh_token), client);
    expect([status, body.access_token, body.refresh_token]).toEqual([200, second.access_token, second.refresh_token]);
    expect(body.expires_in).toBe(0);
    expect((await introspect(server, second.access_token, client)).body).toEqual({ active: false });
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
    expect((await server.token(refreshing(second.refresh_token), client)).status).toBe(200);
  });
});
