import type { PGlite } from '@electric-sql/pglite';
import type { CustomTypesConfig } from 'pg';
import type { OpenPool } from './connection-pool.ts';
import { queryWithDeadline } from './query-with-deadline.ts';

/** A statement with a name: PostgreSQL plans it once a connection, and values are bound, never written into its text. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Never set: it carries the row's type. */
  readonly row?: Row;
}

/** Runs one statement outside any transaction of the entity manager. Times come as Date, bytea as Uint8Array, arrays as arrays. */
export interface Sql {
  <Row>(statement: Statement<Row>, values: readonly unknown[]): Promise<Row[]>;
  /** For statements that serve several requests, where this one ends with its own request's time. */
  readonly shared?: Sql;
}

export const statement = <Row>(name: string, text: string): Statement<Row> => ({ name, text });

const TIMESTAMPTZ = 1184;
const toDate = (text: string): Date => new Date(text);

const TEXT_ARRAY: number = 1009;
const PLAIN = /^\{[^"\\{]+\}$/;
/** Where PostgreSQL quotes nothing, the elements are what stands between the commas; a NULL it never quotes. */
const toTexts = (parse: (text: string) => unknown) => (text: string) => {
  if (text === '{}') return [];
  return PLAIN.test(text) && !text.includes('NULL') ? text.slice(1, -1).split(',') : parse(text);
};

/**
 * PostgreSQL, through the pool that the entity manager uses as well; `named`, if a connection remembers what it prepared. What
 * is not done by the deadline is cancelled.
 */
export function sqlOverPool(pool: OpenPool, named: boolean, deadline?: AbortSignal): Sql {
  const inherited = pool.options.types;
  const textArray = toTexts(inherited.getTypeParser(TEXT_ARRAY));
  const types: CustomTypesConfig = {
    getTypeParser(oid: number, format?: 'text' | 'binary') {
      if (oid === TIMESTAMPTZ) return toDate;
      return oid === TEXT_ARRAY ? textArray : inherited.getTypeParser(oid, format);
    },
  };
  return async <Row>({ name, text }: Statement<Row>, values: readonly unknown[]) => {
    const query = { ...(named && { name }), text, values: [...values], types };
    return (await (deadline ? queryWithDeadline(pool, query, deadline) : pool.query(query))).rows as Row[];
  };
}

/** The embedded database: one connection, so never call this while a transaction is open. */
export function sqlOverPglite(database: PGlite, deadline?: AbortSignal): Sql {
  const options = { parsers: { [TIMESTAMPTZ]: toDate } };
  return async <Row>({ text }: Statement<Row>, values: readonly unknown[]) => {
    deadline?.throwIfAborted();
    return (await database.query<Row>(text, [...values], options)).rows;
  };
}
