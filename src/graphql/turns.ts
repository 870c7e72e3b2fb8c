import { setImmediate as nextIteration } from 'node:timers/promises';
import type { Context } from './context.ts';

/**
 * The lists of one operation are completed one at a time, each in its own iteration of the event loop, so that other requests
 * and the timer of the deadline run in between.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Resolves in a later iteration than all earlier turns. Rejects if the deadline has passed by then. */
  async take(deadline: AbortSignal): Promise<void> {
    this.#waiting += 1;
    const turn = this.#last.then(() => nextIteration());
    this.#last = turn;
    await turn;
    this.#waiting -= 1;
    deadline.throwIfAborted();
  }

  /** Resolves after the last turn, when the lists of this level have been completed. */
  async allTaken(): Promise<void> {
    do {
      await this.#last;
      await nextIteration();
    } while (this.#waiting > 0);
  }
}

const turns = new WeakMap<object, Turns>();

/** The turns of an operation. Subscribers to the same event share them, because they share its look-ups. */
export function turnsOf(context: Context): Turns {
  const { batchKey = context } = context;
  const known = turns.get(batchKey) ?? new Turns();
  turns.set(batchKey, known);
  return known;
}
