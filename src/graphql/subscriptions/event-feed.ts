import type { TrailFollower } from '../../store/audit/follow.ts';
import type { AuditRow } from '../../store/audit/read.ts';
import type { Notices } from '../../store/connection/notices.ts';
import type { PollTimer } from './poll-timer.ts';

/** Delivers new audit events soon after their notice. Events whose notice was lost are found by polling the trail. */
export interface EventFeed {
  /**
   * Starts to listen for notices, unless it already does. It reports a failure instead of throwing, because polling works
   * without notices.
   */
  startListening(): Promise<void>;
  /** Wakes the poll, and makes the next read find all events. */
  requestCatchUp(): void;
  /** The events that were not read before, oldest first. With `catchUp` it also finds those that are not recent. */
  read(trail: TrailFollower, now: Date, catchUp: boolean): Promise<AuditRow[]>;
  stop(): Promise<void>;
}

export function makeEventFeed(
  { listen }: Notices,
  timer: PollTimer,
  reportFailure: (error: unknown) => void,
): EventFeed {
  /** True if a notice may be lost, or if the trail has more events than the last read returned. */
  let mustCatchUp = false;
  let listener: ReturnType<Notices['listen']> | undefined;

  const disconnected = (error: unknown) => {
    listener = undefined;
    reportFailure(error);
  };
  const requestCatchUp = () => {
    mustCatchUp = true;
    timer.wake();
  };
  return {
    requestCatchUp,
    async startListening() {
      if (listener) return;
      try {
        listener = listen(timer.wake, disconnected);
        await listener;
        requestCatchUp();
      } catch (error) {
        disconnected(error);
      }
    },
    async read(trail, now, catchUp) {
      const wholeTrail = catchUp || mustCatchUp;
      mustCatchUp = false;
      try {
        const events = wholeTrail ? await trail.catchUp(now) : await trail.readRecent(now);
        if (wholeTrail && events.length > 0) requestCatchUp();
        return events;
      } catch (error) {
        mustCatchUp = true;
        throw error;
      }
    },
    async stop() {
      const current = listener;
      listener = undefined;
      await (await current)?.();
    },
  };
}
