import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';

/** Notifies other processes when audit events are committed. A notice does not say which events, and it may be lost. */
export interface Notices {
  /** Call it after each commit that may have written audit events. Several calls shortly after each other send one notice. */
  readonly announce: () => void;
  /** Starts to listen, then resolves with a function that stops it. `onLost` is called when the connection is lost. */
  readonly listen: (onNotice: () => void, onLost: (error: Error) => void) => Promise<() => Promise<void>>;
}

/** Milliseconds between two notices of one process. */
const INTERVAL = 50;

const CHANNEL = 'gatehouse_events';

/** An arbitrary advisory lock number. Every listening process holds the lock as shared. All nodes must use the same one. */
const LISTENERS = 4_400_440_046;

/**
 * NOTIFY has its own transaction, because PostgreSQL lets one notifying transaction of the whole server commit at a time. It
 * writes nothing, so its commit does not wait for the disk or a standby. If the exclusive lock is available, no process is
 * listening and no notice is sent.
 */
const NOTIFY = `SELECT pg_notify('${CHANNEL}', '') WHERE NOT pg_try_advisory_xact_lock(${LISTENERS})`;

/** A pooler in transaction mode (`pooled`) keeps neither LISTEN nor session locks, so notices cannot be received through it. */
export const noticesOverPool = (pool: Pool, pooled: boolean): Notices => ({
  announce: pooled ? () => {} : coalesced(() => pool.query(NOTIFY)),
  async listen(onNotice, onLost) {
    if (pooled) return async () => {};
    const client = await pool.connect();
    let open = true;
    const close = () => {
      if (open) client.release(true);
      open = false;
    };
    client.on('notification', onNotice);
    client.on('error', (error) => {
      if (open) onLost(error);
      close();
    });
    try {
      await client.query(`SELECT pg_advisory_lock_shared(${LISTENERS})`);
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      close();
      throw error;
    }
    return async () => close();
  },
});

/** The embedded database belongs to one process, so notices stay within the process. */
export function noticesInProcess(): Notices {
  const listeners = new Set<() => void>();
  return {
    announce: coalesced(async () => {
      for (const notify of listeners) notify();
    }),
    async listen(onNotice) {
      listeners.add(onNotice);
      return async () => void listeners.delete(onNotice);
    },
  };
}

/** Calls `send` at once, but at most once per interval. Calls within the interval cause one `send` at its end. */
function coalesced(send: () => Promise<unknown>): () => void {
  let busy = false;
  let missed = false;
  const run = async () => {
    busy = true;
    while (missed) {
      missed = false;
      // A notice that cannot be sent is lost: subscriptions poll as well.
      await send().catch(() => {});
      await pause(INTERVAL, undefined, { ref: false });
    }
    busy = false;
  };
  return () => {
    missed = true;
    if (!busy) void run();
  };
}
