import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible';
import { digest } from '../crypto/secrets.ts';
import { type Sql, statement } from './connection/sql.ts';

/** Too many attempts failed or are waiting. The response is 429 with `seconds` as its Retry-After. */
export class TooManyAttempts extends Error {
  override readonly name = 'TooManyAttempts';
  readonly seconds: number;

  constructor(milliseconds: number) {
    super('Too many attempts. Wait a moment and try again.');
    this.seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  }
}

/** `points` failures in `duration` are free. Then the caller must `wait`, and each further failure doubles that. In seconds. */
const RULES = {
  /** An account from one network or through one client, so that a stranger cannot lock out its owner. */
  account: { points: 10, duration: 86_400, wait: 30, longest: 3600 },
  /** One network, over all accounts. */
  network: { points: 30, duration: 60, wait: 60, longest: 60 },
  /** One client from one network. */
  client: { points: 20, duration: 60, wait: 60, longest: 60 },
  /**
   * All client ids from one network, including unknown ones, because each failure writes an audit event. It is never checked
   * beforehand, so correct credentials are always accepted.
   */
  clients: { points: 200, duration: 60, wait: 60, longest: 60 },
} as const;

type Kind = keyof typeof RULES;

/** The counters of an attempt, each with the parts of its key. */
export type Counts = Partial<Record<Kind, readonly string[]>>;

/** Password checks that may be queued in this process. */
const MAX_WAITING = 100;

export interface RateLimits {
  /**
   * Throws TooManyAttempts while one of these counters is blocked. `client` is checked in memory, without a statement; a failure
   * updates it from the count that all nodes share.
   */
  check(counts: Counts): Promise<void>;
  /** Counts a failure. Throws TooManyAttempts if the limit had already been reached. */
  fail(counts: Counts): Promise<void>;
  /**
   * Checks the counters, runs `attempt`, and counts its failure (undefined). At most one attempt per core runs at a time, so
   * that concurrent attempts cannot exceed the limit by much.
   */
  guess<T>(counts: Counts, attempt: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** Counts failures in the database, so that all nodes share them, and in memory while the database is unavailable. */
export function makeRateLimits(sql: Sql): RateLimits {
  const storeClient = {
    async query({ name, text, values }: { name: string; text: string; values: unknown[] }) {
      const rows = await sql(statement<unknown>(name, text), values);
      return { rows, rowCount: rows.length };
    },
  };
  const limiter = (keyPrefix: string, points: number, duration: number) =>
    new RateLimiterPostgres({
      storeClient,
      storeType: 'client',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix,
      points,
      duration,
      insuranceLimiter: new RateLimiterMemory({ keyPrefix, points, duration }),
    });
  const counters = {
    account: limiter('account', RULES.account.points, RULES.account.duration),
    network: limiter('network', RULES.network.points, RULES.network.duration),
    client: limiter('client', RULES.client.points, RULES.client.duration),
    clients: new RateLimiterMemory({ keyPrefix: 'clients', ...RULES.clients }),
  };
  const waits = {
    account: limiter('account-wait', 1, 1),
    network: limiter('network-wait', 1, 1),
    client: new RateLimiterMemory({ keyPrefix: 'client-wait', points: 1, duration: 1 }),
    clients: new RateLimiterMemory({ keyPrefix: 'clients-wait', points: 1, duration: 1 }),
  };
  const queue = pLimit(availableParallelism());

  async function check(counts: Counts): Promise<void> {
    for (const [kind, key] of entries(counts)) {
      const blocked = await waits[kind].get(key);
      if (blocked !== null && blocked.msBeforeNext > 0) throw new TooManyAttempts(blocked.msBeforeNext);
    }
  }

  async function fail(counts: Counts): Promise<void> {
    for (const [kind, key] of entries(counts)) {
      const { points, wait, longest } = RULES[kind];
      const { consumedPoints } = await counters[kind].penalty(key);
      if (consumedPoints < points) continue;
      const seconds = Math.min(wait * 2 ** (consumedPoints - points), longest);
      await waits[kind].block(key, seconds);
      // Concurrent attempts can pass the check together. An account that gets here has already waited.
      if (consumedPoints > points && kind !== 'account') throw new TooManyAttempts(seconds * 1000);
    }
  }

  return {
    check,
    fail,
    async guess(counts, attempt) {
      if (queue.pendingCount >= MAX_WAITING) throw new TooManyAttempts(1000);
      return queue(async () => {
        await check(counts);
        const result = await attempt();
        if (result === undefined) await fail(counts);
        // The owner signed in, so earlier typing errors no longer count.
        else for (const [kind, key] of entries(counts)) if (kind === 'account') await counters.account.delete(key);
        return result;
      });
    },
  };
}

/** For load tests on your own machine (RATE_LIMITS=off). */
export const noRateLimits: RateLimits = {
  check: async () => {},
  fail: async () => {},
  guess: (_counts, attempt) => attempt(),
};

/** Keys are digests, because a key has at most 255 characters and must not reveal a username. */
const entries = (counts: Counts): [Kind, string][] =>
  Object.entries(counts).map(([kind, parts]) => [kind as Kind, digest(parts.join('\0')).toString('base64url')]);

/** The network of an address: the whole IPv4 address, or the first 64 bits of an IPv6 address. */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined || !ip.includes(':')) return ip ?? '';
  const [head = '', tail = ''] = (ip.split('%')[0] ?? '').split('::');
  const [front, back] = [head, tail].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill('0');
  const groups = [...front, ...zeros, ...back].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
