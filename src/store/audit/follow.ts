import { type Sql, statement } from '../connection/sql.ts';
import { type AuditRow, EVENT } from './read.ts';

const selectUnread = statement<AuditRow>(
  'find-unread-events',
  `SELECT ${EVENT} FROM audit_events e WHERE e.at > $1 AND e.id <> ALL($2::uuid[]) ORDER BY e.at, e.id LIMIT $3::int`,
);

const selectIds = statement<{ id: string; at: Date }>(
  'list-event-ids',
  'SELECT id, at FROM audit_events WHERE at > $1',
);

/**
 * Milliseconds by which an event may become visible too late, after events with a later time. Requests take time, and clocks
 * differ.
 */
const OVERLAP = 30_000;

/** Milliseconds that `readRecent` looks back. Most events become visible within this time. */
const RECENT = 2000;

/** Maximum number of rows of a query. */
const BATCH = 500;

/** Reads the audit trail as it is written. It returns every event once, even if a notification was lost. */
export interface TrailFollower {
  /** The events of the last two seconds that were not read before, oldest first. Cheaper than `catchUp`, which finds the others. */
  readRecent(now: Date): Promise<AuditRow[]>;
  /** The next batch of events that were not read before, oldest first. Empty when there are no more. */
  catchUp(now: Date): Promise<AuditRow[]>;
}

/** Follows the trail from now on. */
export async function followTrail(sql: Sql, now: Date): Promise<TrailFollower> {
  let since = now.getTime() - OVERLAP;
  const read = new Map<string, number>();
  for (const { id, at } of await sql(selectIds, [new Date(since)])) read.set(id, at.getTime());

  const remember = (rows: readonly AuditRow[]): AuditRow[] => {
    const unread = rows.filter(({ id }) => !read.has(id));
    for (const { id, at } of unread) read.set(id, at.getTime());
    return unread;
  };
  return {
    async readRecent(moment) {
      const from = Math.max(since, moment.getTime() - RECENT);
      const ids = [...read].filter(([, at]) => at > from).map(([id]) => id);
      return remember(await sql(selectUnread, [new Date(from), ids, BATCH]));
    },
    async catchUp(moment) {
      const rows = await sql(selectUnread, [new Date(since), [...read.keys()], BATCH]);
      const readUntil = rows.length < BATCH ? moment : (rows.at(-1)?.at ?? moment);
      const unread = remember(rows);
      since = Math.max(since, readUntil.getTime() - OVERLAP);
      for (const [id, at] of read) if (at <= since) read.delete(id);
      return unread;
    },
  };
}
