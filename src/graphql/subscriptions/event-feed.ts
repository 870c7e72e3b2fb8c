import type { TrailFollower } from '../../store/audit/follow.ts';
import type { AuditRow } from '../../store/audit/read.ts';
import type { Listen } from '../../store/connection/listen-notify.ts';
import { AUDIT_CHANNEL } from '../../store/entities/audit-channel.ts';
import type { PollTimer } from './poll-timer.ts';

/** Up to this many events are read by the ids of their notifications. For more, one read of the trail is cheaper. */
const MAX_PENDING = 500;

/** New audit events: from database notifications, and from the trail for those whose notification may be lost. */
export interface EventFeed {
  /** Starts to listen unless it already does. A failure is reported, because the poll interval works without notifications. */
  startListening(): Promise<void>;
  /** Makes the next read go through the trail, and soon. */
  requestCatchUp(): void;
  /** The events not read before, oldest first. `catchUp`: read the trail, whatever was notified. */
  read(trail: TrailFollower, now: Date, catchUp: boolean): Promise<AuditRow[]>;
  stop(): Promise<void>;
}

export function makeEventFeed(listen: Listen, timer: PollTimer, reportFailure: (error: unknown) => void): EventFeed {
  let pendingIds: string[] = [];
  /** True if a notification may be lost, or if the trail has more events than the last read returned. */
  let mustCatchUp = false;
  let listener: ReturnType<Listen> | undefined;

  const notified = (id: string) => {
    pendingIds.push(id);
    timer.wake();
  };
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
        listener = listen(AUDIT_CHANNEL, notified, disconnected);
        await listener;
        requestCatchUp();
      } catch (error) {
        disconnected(error);
      }
    },
    async read(trail, now, catchUp) {
      const ids = pendingIds;
      const wholeTrail = catchUp || mustCatchUp || ids.length > MAX_PENDING;
      pendingIds = [];
      mustCatchUp = false;
      try {
        const events = wholeTrail ? await trail.catchUp(now) : await trail.read(ids);
        if (wholeTrail && events.length > 0) requestCatchUp();
        return events;
      } catch (error) {
        // The ids are gone from the list, so the next read must not rely on it.
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
