import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttemptResult, repeat, statuses, trySignIn } from '../support/authentication-attempts.ts';
import { unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** A server behind a trusted proxy and one without a proxy. */
let behind: TestServer;
let open: TestServer;
beforeAll(async () => {
  behind = await startServer({ TRUST_PROXY: '1' });
  open = await startServer();
});
afterAll(async () => {
  await behind.close();
  await open.close();
});

/** Uses another account each time, so that only the network limit can apply. */
const spray = (
  server: TestServer,
  times: number,
  address: (index: number) => string | undefined,
): Promise<AttemptResult[]> =>
  repeat(times, (index) => trySignIn(server, unique('nobody'), 'Summer2026!', address(index)));

/** True if the limit of thirty failures a minute has been reached. */
async function expectBitten(tries: readonly AttemptResult[]): Promise<void> {
  expect(statuses(tries)).toEqual({ 401: 30, 429: tries.length - 30 });
  expect(tries.slice(30).every(({ retryAfter }) => retryAfter > 50 && retryAfter <= 60)).toBe(true);
}

describe('OWASP ASVS 5 §6.3.1: one password tried on many accounts', () => {
  it('J184: a network gets 429 after thirty attempts a minute, and other networks are not affected', async () => {
    const { username, password } = await behind.user();
    await expectBitten(await spray(behind, 40, () => '192.0.2.7'));
    expect((await trySignIn(behind, username, password, '192.0.2.7')).status).toBe(429);
    expect((await trySignIn(behind, username, password, '192.0.2.8')).status).toBe(303);
  });

  it('J184: a successful sign-in to another account does not reset the count', async () => {
    const { username, password } = await behind.user();
    const tries = await repeat(45, (index) =>
      index % 10 === 9
        ? trySignIn(behind, username, password, '192.0.2.9')
        : trySignIn(behind, unique('nobody'), 'Summer2026!', '192.0.2.9'),
    );
    const { 303: own = 0, 401: free = 0 } = statuses(tries);
    expect([own, free]).toEqual([3, 30]);
  });
});

describe('OWASP ASVS 5 §6.3.1: many passwords tried on one account from the networks of one IPv6 /48', () => {
  it('the account gets 429 there after forty attempts, and no other account or network is affected', async () => {
    const { username, password } = await behind.user();
    const guess = (index: number) =>
      trySignIn(behind, username, 'Summer2026!', `2001:db8:48:${(index * 256).toString(16)}::1`);
    const tries = await repeat(42, guess);
    expect(statuses(tries)).toEqual({ 401: 40, 429: 2 });
    expect(tries.at(-1)?.retryAfter).toBeGreaterThan(20);
    const another = await behind.user();
    expect((await trySignIn(behind, another.username, another.password, '2001:db8:48:ffff::1')).status).toBe(303);
    expect((await trySignIn(behind, username, password, '2001:db8:49::1')).status).toBe(303);
    expect((await trySignIn(behind, username, password, '192.0.2.48')).status).toBe(303);
  });
});

describe('CVE-2026-45364, OWASP ASVS 5 §4.1.3: the address of the client', () => {
  it('J185: forwarding headers are ignored if no proxy is trusted', async () => {
    await expectBitten(await spray(open, 34, (index) => `198.51.100.${index}`));
  });

  it('J185: values in front of the one that the trusted proxy adds are ignored', async () => {
    await expectBitten(await spray(behind, 34, (index) => `203.0.113.${index}, 198.51.100.1`));
  });

  it('J185: an IPv6 network of 64 bits is one client, and its neighbour another', async () => {
    const inside = (index: number) => `2001:db8:1:2:${(index * 997).toString(16)}::${index.toString(16)}`;
    await expectBitten(await spray(behind, 34, inside));
    expect((await spray(behind, 1, () => '2001:DB8:1:2::1'))[0]?.status).toBe(429);
    expect((await spray(behind, 1, () => '2001:db8:1:3::1'))[0]?.status).toBe(401);
  });

  it('J185: an IPv4 address is one client in every notation and with any port that the proxy adds', async () => {
    const ways = (index: number) => ['::ffff:198.51.100.9', `198.51.100.9:${4000 + index}`, '198.51.100.9'][index % 3];
    await expectBitten(await spray(behind, 34, ways));
    expect((await spray(behind, 1, () => '::ffff:198.51.100.10'))[0]?.status).toBe(401);
  });

  it('J185: a value that is not an address counts as no address', async () => {
    await expectBitten(await spray(behind, 34, (index) => `unknown-${index}`));
    const rows = await behind.database.em().execute("SELECT ip FROM audit_events WHERE ip LIKE 'unknown%'");
    expect(rows).toEqual([]);
  });
});
