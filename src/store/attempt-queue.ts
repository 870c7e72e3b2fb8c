import { Overloaded } from '../overloaded.ts';

/** Where an attempt waits for its turn. */
export interface Place {
  /** Those who have proven before who they are do not wait behind strangers. */
  readonly lane: 'known' | 'stranger';
  /** Who shares the lane, from the widest to the narrowest: networks, or one browser or user. */
  readonly shares: readonly string[];
}

export interface AttemptQueue {
  /** Runs the work when it is its turn. Throws Overloaded if the lane is full and this is the one that has to leave. */
  run<T>(place: Place, work: () => Promise<T>): Promise<T>;
}

interface Waiter {
  readonly shares: readonly string[];
  readonly start: () => void;
  readonly drop: () => void;
}

/**
 * Runs at most `atOnce` attempts at a time; in each of the two lanes at most `maxWaiting` wait. The lanes take turns, and so do
 * the networks in a lane. In a full lane the network with most waiting loses its oldest, so that no network can keep out others.
 */
export function makeAttemptQueue(atOnce: number, maxWaiting: number): AttemptQueue {
  const lanes = { known: makeLane(maxWaiting), stranger: makeLane(maxWaiting) };
  let running = 0;
  let turn = [lanes.known, lanes.stranger];

  const startNext = (): void => {
    while (running < atOnce) {
      const lane = turn.find(({ isEmpty }) => !isEmpty());
      if (!lane) return;
      turn = turn.toSorted((one, other) => Number(one === lane) - Number(other === lane));
      running++;
      lane.next()?.start();
    }
  };
  return {
    async run({ lane, shares }, work) {
      await new Promise<void>((start, reject) => {
        const drop = (): void => reject(new Overloaded('too many passwords are waiting to be checked'));
        lanes[lane].add({ shares, start, drop });
        startNext();
      });
      try {
        return await work();
      } finally {
        running--;
        startNext();
      }
    },
  };
}

function makeLane(maxWaiting: number) {
  /** By widest share. The one that was served least recently comes first. */
  const waiting = new Map<string, Waiter[]>();
  let count = 0;

  const take = (waiter: Waiter): void => {
    const [share = ''] = waiter.shares;
    const others = (waiting.get(share) ?? []).filter((other) => other !== waiter);
    if (others.length > 0) waiting.set(share, others);
    else waiting.delete(share);
    count--;
  };
  return {
    isEmpty: (): boolean => count === 0,
    add(waiter: Waiter): void {
      const [share = ''] = waiter.shares;
      waiting.set(share, [...(waiting.get(share) ?? []), waiter]);
      if (++count <= maxWaiting) return;
      const leaving = oldestOfLargest([...waiting.values()].flat());
      take(leaving);
      leaving.drop();
    },
    next(): Waiter | undefined {
      const [first] = waiting.values();
      const waiter = first?.[0];
      if (!waiter) return undefined;
      take(waiter);
      // The share goes to the end of the line.
      const [share = ''] = waiter.shares;
      const others = waiting.get(share);
      if (others && waiting.delete(share)) waiting.set(share, others);
      return waiter;
    },
  };
}

/** The oldest waiter of the largest share: of the widest shares first, then of the narrower ones within the largest. */
function oldestOfLargest(waiters: readonly Waiter[], depth = 0): Waiter {
  const groups = [...Map.groupBy(waiters, ({ shares }) => shares[depth]).values()];
  const largest = groups.reduce((one, other) => (other.length > one.length ? other : one));
  const [oldest] = largest;
  if (!oldest) throw new Error('nobody is waiting');
  return depth + 1 < oldest.shares.length ? oldestOfLargest(largest, depth + 1) : oldest;
}
