import { Overloaded } from '../../crypto/argon2-pool.ts';

/**
 * Requests that one process works on at a time. What comes beyond them would wait for the same few connections and cores, and
 * be answered when nobody waits for it any more.
 */
const MOST = 500;

export interface ConcurrencyLimit {
  /** Does it, or refuses at once. */
  run(work: () => Promise<void>): Promise<void>;
  /** Within `run`: who sends a body a byte at a time must not take up a place that costs nothing to hold. */
  whileReceiving<T>(receive: () => Promise<T>): Promise<T>;
}

export function makeConcurrencyLimit(onShed: () => void): ConcurrencyLimit {
  let working = 0;
  const refuse = (): never => {
    onShed();
    throw new Overloaded('too many requests are under way');
  };
  return {
    async run(work) {
      if (working >= MOST) refuse();
      working++;
      try {
        await work();
      } finally {
        working--;
      }
    },
    async whileReceiving(receive) {
      working--;
      let received: Awaited<ReturnType<typeof receive>>;
      try {
        received = await receive();
      } finally {
        // Even if it is one too many: `run` takes it away again.
        working++;
      }
      if (working > MOST) refuse();
      return received;
    },
  };
}
