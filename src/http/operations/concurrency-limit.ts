import { Overloaded } from '../../overloaded.ts';

/**
 * Requests that one process handles at a time. More would compete for the same connections and cores, and get their responses
 * after their clients have timed out.
 */
const MAX_REQUESTS = 500;

export interface ConcurrencyLimit {
  /** Runs the work, or throws `Overloaded` at once. */
  run(work: () => Promise<void>): Promise<void>;
  /** Used inside `run`: a request does not count while its body arrives, so that slow senders cannot block others. */
  whileReceiving<T>(receive: () => Promise<T>): Promise<T>;
}

export function makeConcurrencyLimit(onShed: () => void): ConcurrencyLimit {
  let working = 0;
  const refuse = (): never => {
    onShed();
    throw new Overloaded('too many requests in progress');
  };
  return {
    async run(work) {
      if (working >= MAX_REQUESTS) refuse();
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
        // Count the request even above the limit, because `run` subtracts it when it ends.
        working++;
      }
      if (working > MAX_REQUESTS) refuse();
      return received;
    },
  };
}
