/** Milliseconds in which those who ring after each other wake once. */
const GATHER = 20;

/** Wakes whoever waits when the interval is over, or when somebody rings. */
export interface PollTimer {
  ring(): void;
  /** True when nobody rang. */
  wait(): Promise<boolean>;
}

export function makePollTimer(interval: number): PollTimer {
  let rung = false;
  let wake = (): void => {};
  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait() {
      if (!rung) await pause(interval);
      if (!rung) return true;
      await new Promise<void>((resolve) => void setTimeout(resolve, GATHER));
      rung = false;
      return false;
    },
  };
}
