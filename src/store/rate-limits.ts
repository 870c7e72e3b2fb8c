import { availableParallelism } from 'node:os';
import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible';
import { digest } from '../crypto/secrets.ts';
import { makeAttemptQueue, type Place } from './attempt-queue.ts';
import { type Sql, statement } from './connection/sql.ts';
import { networksOf } from './networks.ts';

/** Too many attempts failed. The response is 429 with `seconds` as its Retry-After. */
export class TooManyAttempts extends Error {
  override readonly name = 'TooManyAttempts';
  readonly seconds: number;

  constructor(milliseconds: number) {
    super('Too many attempts. Wait a moment and try again.');
    this.seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  }
}

/**
 * The first `points` failures within `duration` have no effect. Then the caller must `wait`, and each further failure doubles
 * the wait. All times are in seconds.
 */
const RULES = {
  /** An account from one network, one browser or one token, so that a stranger cannot lock out its owner. */
  account: { points: 10, duration: 86_400, wait: 30, longest: 3600 },
  /** An account from one IPv6 /48, whose owner has 65 536 networks with guesses of their own. */
  account48: { points: 40, duration: 86_400, wait: 30, longest: 3600 },
  /** The current password of an account, over all sessions and tokens that ask for it. */
  currentPassword: { points: 100, duration: 86_400, wait: 30, longest: 3600 },
  /** One network, over all accounts: an IPv4 address or an IPv6 /64. */
  network: { points: 30, duration: 60, wait: 60, longest: 60 },
  /** The wider IPv6 networks, whose owner has many of those. */
  network56: { points: 120, duration: 60, wait: 60, longest: 60 },
  network48: { points: 480, duration: 60, wait: 60, longest: 60 },
  /** Failures of one client from one network. */
  client: { points: 20, duration: 60, wait: 60, longest: 60 },
  /**
   * Failures of all client ids from one network, including unknown ones, because each failure writes an audit event. This limit
   * is not checked before an attempt, so correct credentials are always accepted.
   */
  clients: { points: 200, duration: 60, wait: 60, longest: 60 },
} as const;

type Kind = keyof typeof RULES;

/** What a sign-in resets. */
const OF_SIGN_INS: readonly Kind[] = ['account', 'account48'];

const OF_ACCOUNTS: readonly Kind[] = [...OF_SIGN_INS, 'currentPassword'];

/** The counters of an attempt, each with the parts of its key. */
export type Counts = Partial<Record<Kind, readonly string[]>>;

/** The counters of a network, over all accounts. */
function networkCounts(ip: string | undefined): Counts {
  const [network, network56, network48] = networksOf(ip).toReversed();
  // An IPv4 /24 has many owners, so only the address is counted.
  const wide = ip?.includes(':') ? { network56: [network56 ?? ''], network48: [network48 ?? ''] } : {};
  return { network: [network ?? ''], ...wide };
}

/** Password checks of strangers, and of known browsers, that may wait in this process. */
const MAX_WAITING = 100;

/** A password check: what its failure counts for, and where it waits. */
export interface Attempt {
  readonly counts: Counts;
  readonly place: Place;
}

/** An attempt at an account, identified by `key`, by somebody who is not known: it counts for the account there and the network. */
export function strangersAttempt(key: readonly string[], ip: string | undefined): Attempt {
  const shares = networksOf(ip);
  const wide = ip?.includes(':') ? { account48: [...key, shares[0] ?? ''] } : {};
  const counts = { account: [...key, shares.at(-1) ?? ''], ...wide, ...networkCounts(ip) };
  return { counts, place: { lane: 'stranger', shares } };
}

export interface RateLimits {
  /**
   * Throws TooManyAttempts while one of these counters is blocked. `client` is checked in memory, without a statement; a failure
   * updates it from the count that all nodes share.
   */
  check(counts: Counts): Promise<void>;
  /** Counts a failure. Throws TooManyAttempts if the limit had already been reached. */
  fail(counts: Counts): Promise<void>;
  /**
   * Checks the counters, runs `work`, and counts its failure (undefined). At most one attempt per core runs at a time, so that
   * concurrent attempts cannot exceed the limit by much. Throws Overloaded if too many are waiting.
   */
  guess<T>(attempt: Attempt, work: () => Promise<T | undefined>): Promise<T | undefined>;
}

const findWaits = statement<{ key: string }>('rate-limit-waits', 'SELECT key FROM rate_limits WHERE key = ANY($1)');

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
    account48: limiter('account48', RULES.account48.points, RULES.account48.duration),
    currentPassword: limiter('current-password', RULES.currentPassword.points, RULES.currentPassword.duration),
    network: limiter('network', RULES.network.points, RULES.network.duration),
    network56: limiter('network56', RULES.network56.points, RULES.network56.duration),
    network48: limiter('network48', RULES.network48.points, RULES.network48.duration),
    client: limiter('client', RULES.client.points, RULES.client.duration),
    clients: new RateLimiterMemory({ keyPrefix: 'clients', ...RULES.clients }),
  };
  const waits = {
    account: limiter('account-wait', 1, 1),
    account48: limiter('account48-wait', 1, 1),
    currentPassword: limiter('current-password-wait', 1, 1),
    network: limiter('network-wait', 1, 1),
    network56: limiter('network56-wait', 1, 1),
    network48: limiter('network48-wait', 1, 1),
    client: new RateLimiterMemory({ keyPrefix: 'client-wait', points: 1, duration: 1 }),
    clients: new RateLimiterMemory({ keyPrefix: 'clients-wait', points: 1, duration: 1 }),
  };
  const queue = makeAttemptQueue(availableParallelism(), MAX_WAITING);

  /** The counters that may be blocked: found by one statement, because hardly any is. All while the database is unavailable. */
  async function suspects(keyed: [Kind, string][]): Promise<[Kind, string][]> {
    const isStored = ([kind]: [Kind, string]) => waits[kind] instanceof RateLimiterPostgres;
    const stored = keyed.filter(isStored).map(([kind, key]) => waits[kind].getKey(key));
    if (stored.length === 0) return keyed;
    try {
      const found = new Set((await sql(findWaits, [stored])).map(({ key }) => key));
      return keyed.filter((one) => !isStored(one) || found.has(waits[one[0]].getKey(one[1])));
    } catch {
      return keyed;
    }
  }

  async function check(counts: Counts): Promise<void> {
    for (const [kind, key] of await suspects(entries(counts))) {
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
      if (consumedPoints > points && !OF_ACCOUNTS.includes(kind)) throw new TooManyAttempts(seconds * 1000);
    }
  }

  return {
    check,
    fail,
    async guess({ counts, place }, work) {
      // Before it waits as well, so that those who are blocked take no place from others.
      await check(counts);
      return queue.run(place, async () => {
        await check(counts);
        const result = await work();
        if (result === undefined) await fail(counts);
        // The owner signed in, so earlier typing errors no longer count.
        else
          for (const [kind, key] of entries(counts)) if (OF_SIGN_INS.includes(kind)) await counters[kind].delete(key);
        return result;
      });
    },
  };
}

/** For load tests on your own machine (RATE_LIMITS=off). */
export const noRateLimits: RateLimits = {
  check: async () => {},
  fail: async () => {},
  guess: (_attempt, work) => work(),
};

/** Keys are digests, because a key has at most 255 characters and must not reveal a username. */
const entries = (counts: Counts): [Kind, string][] =>
  Object.entries(counts).map(([kind, parts]) => [kind as Kind, digest(parts.join('\0')).toString('base64url')]);
