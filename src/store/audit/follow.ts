import { type Sql, statement } from '../connection/sql.ts';
import { type AuditRow, EVENT, findEvents } from './read.ts';

const selectUnread = statement<AuditRow>(
  'find-unread-events',
  `SELECT ${EVENT} FROM audit_events e WHERE e.at > $1 AND e.id <> ALL($2::uuid[]) ORDER BY e.at, e.id LIMIT $3::int`,
);

const selectIds = statement<{ id: string; at: Date }>(
  'list-event-ids',
  'SELECT id, at FROM audit_events WHERE at > $1',
);

/** Milliseconds by which an event may be told later than others of its time: requests take time, and clocks differ. */
const OVERLAP = 30_000;

/** Rows of one reading. */
const BATCH = 500;

/** Reads the trail as it is written: every event once, whatever was missed meanwhile. */
export interface TrailFollower {
  /** Those among these that were not read before, oldest first. */
  read(ids: readonly string[]): Promise<AuditRow[]>;
  /** The next of all that were not read before, oldest first; nothing when there is no more. */
  catchUp(now: Date): Promise<AuditRow[]>;
}

/** Begins with what is written from now on. */
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
    async read(ids) {
      const unread = ids.filter((id) => !read.has(id));
      if (unread.length === 0) return [];
      const rows = await findEvents(sql, unread);
      return remember(rows.sort((one, other) => one.at.getTime() - other.at.getTime() || (one.id < other.id ? -1 : 1)));
    },
    async catchUp(moment) {
      const rows = await sql(selectUnread, [new Date(since), [...read.keys()], BATCH]);
      const reached = rows.length < BATCH ? moment : (rows.at(-1)?.at ?? moment);
      const unread = remember(rows);
      since = Math.max(since, reached.getTime() - OVERLAP);
      for (const [id, at] of read) if (at <= since) read.delete(id);
      return unread;
    },
  };
}
