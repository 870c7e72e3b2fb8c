import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible';
import { digest } from '../crypto/secrets.ts';
import { type Sql, statement } from './connection/sql.ts';

/** Too many attempts failed, or too many are waiting: 429, with `seconds` as its Retry-After. */
export class TooManyAttempts extends Error {
  override readonly name = 'TooManyAttempts';
  readonly seconds: number;

  constructor(milliseconds: number) {
    super('Too many attempts. Wait a moment and try again.');
    this.seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  }
}

/** So many failures within so many seconds are free; then comes a wait, which each further failure doubles. Seconds. */
const RULES = {
  /** An account, from one network or through one client: never a lock that a stranger could put on it for its owner. */
  account: { points: 10, duration: 86_400, wait: 30, longest: 3600 },
  /** One network, whatever accounts it tries. */
  network: { points: 30, duration: 60, wait: 60, longest: 60 },
  /** A client from one network. */
  client: { points: 20, duration: 60, wait: 60, longest: 60 },
  /** All clients of one network, those that do not exist among them: each failure leaves a line in the trail. Never checked, so it hinders nobody who is right. */
  clients: { points: 200, duration: 60, wait: 60, longest: 60 },
} as const;

type Kind = keyof typeof RULES;

/** What is counted, with the parts of its key. */
export type Counts = Partial<Record<Kind, readonly string[]>>;

/** Guesses that may wait for their turn in this process. */
const MAX_WAITING = 100;

export interface RateLimits {
  /** Throws TooManyAttempts while one of these must wait. `client` costs no statement: a failure brings in what other nodes counted. */
  check(counts: Counts): Promise<void>;
  /** Counts a failure; throws TooManyAttempts for one that came after the limit was reached. */
  fail(counts: Counts): Promise<void>;
  /** Checks, lets `attempt` guess a password and counts its failure (undefined); as many at a time as there are cores, so that no crowd slips past the count. */
  guess<T>(counts: Counts, attempt: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** Counts on the database, so that all nodes share them; in memory while it is away. Only failures write. */
export function makeRateLimits(sql: Sql): RateLimits {
  const storeClient = {
    async query({ name, text, values }: { name: string; text: string; values: unknown[] }) {
      const rows = await sql(statement<unknown>(name, text), values);
      return { rows, rowCount: rows.length };
    },
  };
  const limiter = (keyPrefix: string, points: number, duration: number) =>
    new RateLimiterPostgres({
      ...{
        storeClient,
        storeType: 'client',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
      },
      ...{ keyPrefix, points, duration },
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
  const turns = pLimit(availableParallelism());

  async function check(counts: Counts): Promise<void> {
    for (const [kind, key] of entries(counts)) {
      const waiting = await waits[kind].get(key);
      if (waiting !== null && waiting.msBeforeNext > 0) throw new TooManyAttempts(waiting.msBeforeNext);
    }
  }

  async function fail(counts: Counts): Promise<void> {
    for (const [kind, key] of entries(counts)) {
      const { points, wait, longest } = RULES[kind];
      const { consumedPoints } = await counters[kind].penalty(key);
      if (consumedPoints < points) continue;
      const seconds = Math.min(wait * 2 ** (consumedPoints - points), longest);
      await waits[kind].block(key, seconds);
      // They came in a crowd and passed the check together; an account has its wait behind it when it gets here.
      if (consumedPoints > points && kind !== 'account') throw new TooManyAttempts(seconds * 1000);
    }
  }

  return {
    check,
    fail,
    async guess(counts, attempt) {
      if (turns.pendingCount >= MAX_WAITING) throw new TooManyAttempts(1000);
      return turns(async () => {
        await check(counts);
        const result = await attempt();
        if (result === undefined) await fail(counts);
        // It was the owner: what was mistyped before no longer counts.
        else for (const [kind, key] of entries(counts)) if (kind === 'account') await counters.account.delete(key);
        return result;
      });
    },
  };
}

/** For load tests on a machine of one's own (RATE_LIMITS=off). */
export const noRateLimits: RateLimits = {
  check: async () => {},
  fail: async () => {},
  guess: (_counts, attempt) => attempt(),
};

/** Digests: a key has at most 255 characters, and nobody's name need stand there in clear. */
const entries = (counts: Counts): [Kind, string][] =>
  Object.entries(counts).map(([kind, parts]) => [kind as Kind, digest(parts.join('\0')).toString('base64url')]);

/** Who shares an address: an IPv4 address is one household, an IPv6 household has 64 bits to choose from. */
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
