import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Overloaded } from '../../src/overloaded.ts';
import type { Sql } from '../../src/store/connection/sql.ts';
import { type Counts, makeRateLimits, type RateLimits, TooManyAttempts } from '../../src/store/rate-limits.ts';
import { repeat } from '../support/authentication-attempts.ts';
import type { StartedDatabase } from '../support/database-with-em.ts';
import { unique } from '../support/fixtures.ts';
import { startOwnDatabase } from '../support/own-database.ts';

let started: StartedDatabase;
beforeAll(async () => {
  started = await startOwnDatabase();
});
afterAll(() => started.close());

const verdict = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'free',
    (error: unknown) => {
      if (error instanceof TooManyAttempts) return 'wait';
      return error instanceof Overloaded ? 'full' : String(error);
    },
  );
const from = (counts: Counts) => ({ counts, place: { lane: 'stranger', shares: ['192.0.2.1'] } }) as const;
const failing = (limits: RateLimits, counts: Counts) => verdict(limits.guess(from(counts), async () => undefined));

describe('Counters in the database', () => {
  it('two servers share the counters of an account and of a network', async () => {
    const [one, two] = [makeRateLimits(started.database.sql), makeRateLimits(started.database.sql)];
    const account = { account: [unique('alice'), '192.0.2.1'] };
    await repeat(10, (index) => failing(index % 2 === 0 ? one : two, account));
    expect([await verdict(one.check(account)), await verdict(two.check(account))]).toEqual(['wait', 'wait']);

    const network = { network: [unique('net')] };
    await repeat(30, (index) => failing(index % 2 === 0 ? one : two, network));
    expect([await verdict(one.check(network)), await verdict(two.check(network))]).toEqual(['wait', 'wait']);
  });

  it('a server learns the count of other servers when it first counts a failure of a client', async () => {
    const [one, two] = [makeRateLimits(started.database.sql), makeRateLimits(started.database.sql)];
    const client = { client: [unique('shop'), '192.0.2.1'] };
    await repeat(20, () => one.fail(client));
    expect([await verdict(one.check(client)), await verdict(two.check(client))]).toEqual(['wait', 'free']);
    expect(await verdict(two.fail(client))).toBe('wait');
    expect(await verdict(two.check(client))).toBe('wait');
  });

  it('the parts of a key are kept separate', async () => {
    const limits = makeRateLimits(started.database.sql);
    const name = unique('a');
    await repeat(10, () => failing(limits, { account: [name, 'bc'] }));
    expect(await verdict(limits.check({ account: [`${name}b`, 'c'] }))).toBe('free');
    expect(await verdict(limits.check({ account: [name, 'bc'] }))).toBe('wait');
  });

  it('N271: of a hundred concurrent attempts only as many as there are cores run at once, and each is counted', async () => {
    const limits = makeRateLimits(started.database.sql);
    const counts = { account: [unique('crowd'), '192.0.2.1'] };
    let attempts = 0;
    const guess = async () => {
      attempts++;
      return undefined;
    };
    const verdicts = await Promise.all(Array.from({ length: 100 }, () => verdict(limits.guess(from(counts), guess))));
    expect(new Set(verdicts)).toEqual(new Set(['free', 'wait']));
    expect(attempts).toBe(verdicts.filter((word) => word === 'free').length);
    expect(attempts).toBeGreaterThanOrEqual(10);
    expect(attempts).toBeLessThanOrEqual(10 + navigator.hardwareConcurrency);
  });

  it('the queue of waiting attempts is limited', async () => {
    const limits = makeRateLimits(started.database.sql);
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow = async () => {
      await gate;
      return true;
    };
    const all = Array.from({ length: 300 }, () => verdict(limits.guess(from({}), slow)));
    await new Promise((resolve) => setImmediate(resolve));
    release();
    const refused = (await Promise.all(all)).filter((word) => word === 'full').length;
    expect(refused).toBeGreaterThanOrEqual(300 - 100 - navigator.hardwareConcurrency);
    expect(refused).toBeLessThan(300);
  });

  it('a server counts alone while the database is unavailable, and shares the counters again afterwards', async () => {
    let away = false;
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const sql: Sql = (statement, values) => (away ? Promise.reject(refused) : started.database.sql(statement, values));
    const [limits, other] = [makeRateLimits(sql), makeRateLimits(started.database.sql)];
    const counts = { account: [unique('alice'), '192.0.2.1'] };
    away = true;
    expect(await repeat(10, () => failing(limits, counts))).toEqual(Array(10).fill('free'));
    expect(await verdict(limits.check(counts))).toBe('wait');
    expect(await verdict(other.check(counts))).toBe('free');

    away = false;
    await repeat(10, () => failing(other, counts));
    expect(await verdict(limits.check(counts))).toBe('wait');
  });
});
