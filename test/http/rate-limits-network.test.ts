import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttemptResult, repeat, statuses, trySignIn } from '../support/authentication-attempts.ts';
import { unique } from '../support/fixtures.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Behind a proxy that it trusts, and open to everybody. */
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

/** Each time another account, so that only the network can be what is counted. */
const spray = (
  server: TestServer,
  times: number,
  address: (index: number) => string | undefined,
): Promise<AttemptResult[]> =>
  repeat(times, (index) => trySignIn(server, unique('nobody'), 'Summer2026!', address(index)));

/** Whether the count has bitten: thirty failures a minute are free. */
async function expectBitten(tries: readonly AttemptResult[]): Promise<void> {
  expect(statuses(tries)).toEqual({ 401: 30, 429: tries.length - 30 });
  expect(tries.slice(30).every(({ retryAfter }) => retryAfter > 50 && retryAfter <= 60)).toBe(true);
}

describe('OWASP ASVS 5 §6.3.1: one password, many accounts', () => {
  it('J184: from one network 429 after thirty in a minute; the others are not in the way', async () => {
    const { username, password } = await behind.user();
    await expectBitten(await spray(behind, 40, () => '192.0.2.7'));
    expect((await trySignIn(behind, username, password, '192.0.2.7')).status).toBe(429);
    expect((await trySignIn(behind, username, password, '192.0.2.8')).status).toBe(303);
  });

  it('J184: signing in to an account of one’s own in between does not help', async () => {
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

describe('CVE-2026-45364, OWASP ASVS 5 §4.1.3: who shares an address', () => {
  it('J185: what a caller says of itself counts for nothing where no proxy is trusted', async () => {
    await expectBitten(await spray(open, 34, (index) => `198.51.100.${index}`));
  });

  it('J185: nor does what it puts in front of what the proxy adds', async () => {
    await expectBitten(await spray(behind, 34, (index) => `203.0.113.${index}, 198.51.100.1`));
  });

  it('J185: an IPv6 household has 64 bits to choose from, and its neighbour is another', async () => {
    const inside = (index: number) => `2001:db8:1:2:${(index * 997).toString(16)}::${index.toString(16)}`;
    await expectBitten(await spray(behind, 34, inside));
    expect((await spray(behind, 1, () => '2001:DB8:1:2::1'))[0]?.status).toBe(429);
    expect((await spray(behind, 1, () => '2001:db8:1:3::1'))[0]?.status).toBe(401);
  });

  it('J185: an IPv4 address is one however it is written, and whatever port the proxy adds', async () => {
    const ways = (index: number) => ['::ffff:198.51.100.9', `198.51.100.9:${4000 + index}`, '198.51.100.9'][index % 3];
    await expectBitten(await spray(behind, 34, ways));
    expect((await spray(behind, 1, () => '::ffff:198.51.100.10'))[0]?.status).toBe(401);
  });

  it('J185: what is no address is nobody in particular', async () => {
    await expectBitten(await spray(behind, 34, (index) => `unknown-${index}`));
    const rows = await behind.database.em().execute("SELECT ip FROM audit_events WHERE ip LIKE 'unknown%'");
    expect(rows).toEqual([]);
  });
});
