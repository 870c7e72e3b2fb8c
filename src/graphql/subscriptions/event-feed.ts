import type { TrailFollower } from '../../store/audit/follow.ts';
import type { AuditRow } from '../../store/audit/read.ts';
import type { Notices } from '../../store/connection/notices.ts';
import type { PollTimer } from './poll-timer.ts';

/** New audit events: soon after a notice, and from a poll of the trail for those whose notice may be lost. */
export interface EventFeed {
  /** Starts to listen unless it already does. A failure is reported, because the poll interval works without notices. */
  startListening(): Promise<void>;
  /** Makes the next read find all events, and soon. */
  requestCatchUp(): void;
  /** The events not read before, oldest first. `catchUp`: find all of them, not only recent ones. */
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
