/** Admits `size` holders at a time. Further ones wait in the order in which they came. */
export class Slots {
  readonly #size: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** True if nobody holds a slot or waits for one. */
  get unused(): boolean {
    return this.#taken === 0;
  }

  /** Runs the work in a slot. Rejects with the reason of the signal if it aborts before there is one. */
  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.acquire(signal);
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  /** Takes a free slot, if there is one. */
  tryAcquire(): boolean {
    if (this.#taken === this.#size) return false;
    this.#taken += 1;
    return true;
  }

  /** Waits for a slot. Rejects with the reason of the signal if it aborts first. */
  async acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryAcquire()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = () => {
      this.#waiting.delete(resolve);
      reject(signal.reason);
    };
    this.#waiting.add(resolve);
    signal.addEventListener('abort', giveUp);
    await promise;
    signal.removeEventListener('abort', giveUp);
  }

  /** Passes the slot to the next one that waits. */
  release(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#taken -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
