import type { PGlite } from '@electric-sql/pglite';
import type { CustomTypesConfig } from 'pg';
import type { Connections } from './pool-share.ts';
import { queryWithDeadline } from './query-with-deadline.ts';
import { Slots } from './slots.ts';

/** A named statement. PostgreSQL plans it once per connection. Values are always bound, never written into its text. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Whether it writes audit events. If so, subscribers in all processes are notified. */
  readonly audited: boolean;
  /** Never set. It only carries the type of the rows. */
  readonly row?: Row;
}

/** Runs one statement outside any transaction of the entity manager. Times are returned as Date, bytea as Uint8Array. */
export interface Sql {
  <Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
  /** The same without a deadline, for statements that serve several requests. */
  readonly shared?: Sql;
  /** Runs the work as one of the few statements that its operation may run at a time. */
  readonly admit?: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Statements that one operation runs at a time, with its part in shared ones. */
const STATEMENTS_AT_A_TIME = 3;

/** `sql` of one operation, whose own statements end at the deadline and whose shared ones do not. */
export function sqlOfOperation(own: Sql, shared: Sql, deadline: AbortSignal): Sql {
  const slots = new Slots(STATEMENTS_AT_A_TIME);
  const admit: Sql['admit'] = (work) => slots.run(deadline, work);
  const sql: Sql = (statement, values) => admit(() => own(statement, values));
  return Object.assign(sql, { shared, admit });
}

export const statement = <Row>(name: string, text: string): Statement<Row> => ({
  name,
  text,
  audited: text.includes('INSERT INTO audit_events'),
});

const TIMESTAMPTZ = 1184;
const toDate = (text: string): Date => new Date(text);

const TEXT_ARRAY: number = 1009;
const PLAIN = /^\{[^"\\{]+\}$/;
/** Splits arrays without quoted elements at the commas, which is faster. NULL is never quoted, so such arrays are parsed. */
const toTexts = (parse: (text: string) => unknown) => (text: string) => {
  if (text === '{}') return [];
  return PLAIN.test(text) && !text.includes('NULL') ? text.slice(1, -1).split(',') : parse(text);
};

export interface PoolSqlOptions {
  /** Whether connections keep prepared statements. */
  readonly named: boolean;
  /** Called after a statement that writes audit events is committed. */
  readonly onAudited: () => void;
}

/**
 * Statements on PostgreSQL, through the pool that the entity manager also uses. Statements that are still running at the
 * deadline are cancelled.
 */
export function sqlOverPool(pool: Connections, { named, onAudited }: PoolSqlOptions, deadline?: AbortSignal): Sql {
  const inherited = pool.options.types;
  const textArray = toTexts(inherited.getTypeParser(TEXT_ARRAY));
  const types: CustomTypesConfig = {
    getTypeParser(oid: number, format?: 'text' | 'binary') {
      if (oid === TIMESTAMPTZ) return toDate;
      return oid === TEXT_ARRAY ? textArray : inherited.getTypeParser(oid, format);
    },
  };
  return async <Row>({ name, text, audited }: Statement<Row>, values: readonly unknown[]) => {
    const query = { ...(named && { name }), text, values: [...values], types };
    const { rows } = await (deadline ? queryWithDeadline(pool, query, deadline) : pool.query(query));
    if (audited) onAudited();
    return rows as Row[];
  };
}

/** Statements on the embedded database. It has one connection, so never call this while a transaction is open. */
export function sqlOverPglite(database: PGlite, onAudited: () => void, deadline?: AbortSignal): Sql {
  const options = { parsers: { [TIMESTAMPTZ]: toDate } };
  return async <Row>({ text, audited }: Statement<Row>, values: readonly unknown[]) => {
    deadline?.throwIfAborted();
    const { rows } = await database.query<Row>(text, [...values], options);
    if (audited) onAudited();
    return rows;
  };
}
