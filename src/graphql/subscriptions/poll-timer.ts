/** Milliseconds to wait after a wake-up, so that wake-ups shortly after each other cause one poll. */
const GATHER = 20;

/** Decides when to poll next: after the interval, or earlier if woken. */
export interface PollTimer {
  wake(): void;
  /** Resolves with true if the interval elapsed, with false after a wake-up. */
  wait(): Promise<boolean>;
}

export function makePollTimer(interval: number): PollTimer {
  let woken = false;
  let endPause = (): void => {};
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      timer.unref();
      endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    wake() {
      woken = true;
      endPause();
    },
    async wait() {
      if (!woken) await pause(interval);
      if (!woken) return true;
      await new Promise<void>((resolve) => void setTimeout(resolve, GATHER));
      woken = false;
      return false;
    },
  };
}
