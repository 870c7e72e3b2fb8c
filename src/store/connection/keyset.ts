import { batched } from './shared-statement.ts';
import { type Sql, type Statement, statement } from './sql.ts';

/** A place in a list: the moment a row was made and its id, which together never repeat and never change. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

/** What part of a list is asked for. `backward`: the last `limit` rows of the window, otherwise its first. */
export interface Page {
  readonly limit: number;
  readonly backward: boolean;
  readonly after?: Position | undefined;
  readonly before?: Position | undefined;
}

/** One list, read from either end. */
export interface PagedList<Row> {
  readonly newestFirst: boolean;
  readonly ascending: Statement<Row>;
  readonly descending: Statement<Row>;
}

interface Parts {
  /** Goes into WHERE; `$1` to `$4`. */
  readonly window: string;
  /** Goes behind it: ORDER BY and LIMIT `$5`. */
  readonly cut: string;
  /** For whoever wraps this in another query: only its outermost ORDER BY counts. */
  readonly order: 'ASC' | 'DESC';
}

const FIRST: Position = { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
const LAST: Position = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** Both directions of one query over rows `alias`, ordered by `(at, id)`. Its own values begin at `$6`. */
export function pagedList<Row>(
  name: string,
  at: string,
  id: string,
  text: (parts: Parts) => string,
  newestFirst = false,
): PagedList<Row> {
  // Row comparison against both ends, always: one plan, and a deep page costs what the first one costs.
  const window = `(${at}, ${id}) > ($1::timestamptz, $2::uuid) AND (${at}, ${id}) < ($3::timestamptz, $4::uuid)`;
  const parts = (order: 'ASC' | 'DESC'): Parts => ({
    window,
    cut: `ORDER BY ${at} ${order}, ${id} ${order} LIMIT $5::int`,
    order,
  });
  return {
    newestFirst,
    ascending: statement<Row>(`${name}-ascending`, text(parts('ASC'))),
    descending: statement<Row>(`${name}-descending`, text(parts('DESC'))),
  };
}

/** One row more than asked for tells whether there is more; the rows come in the order they are read from that end. */
export function readPage<Row>(
  sql: Sql,
  { newestFirst, ascending, descending }: PagedList<Row>,
  { limit, backward, after, before }: Page,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const [low, high] = newestFirst ? [before ?? FIRST, after ?? LAST] : [after ?? FIRST, before ?? LAST];
  const chosen = backward === newestFirst ? ascending : descending;
  return sql(chosen, [low.at, low.id, high.at, high.id, limit + 1, ...values]);
}

/** One page that is asked for at the same moment, by whichever requests, is read once; of different ones none waits for another. */
export function readPageTogether<Row>(list: PagedList<Row>): (sql: Sql, page: Page) => Promise<readonly Row[]> {
  return batched(async (sql: Sql, asked: readonly Page[]) => {
    const shapes = asked.map((page) => JSON.stringify(page));
    const read = new Map(asked.map((page, index) => [shapes[index]!, page]));
    const rows = await Promise.all(
      [...read].map(async ([shape, page]) => [shape, await readPage(sql, list, page)] as const),
    );
    const found = new Map(rows);
    return shapes.map((shape) => found.get(shape) ?? []);
  });
}

/** A page of each of many lists, by whose they are. */
interface Lists {
  readonly page: Page;
  readonly parents: readonly string[];
}

/** Pages of the same shape that are asked for at the same moment, by whichever requests, are read by one statement. */
export function readPagesTogether<Row extends { readonly parent: string }>(list: PagedList<Row>) {
  return batched(async (sql: Sql, asked: readonly Lists[]): Promise<readonly Row[][]> => {
    const shapes = Map.groupBy(asked, ({ page }) => JSON.stringify(page));
    const found = new Map<Lists, Row[]>();
    for (const group of shapes.values()) {
      const parents = [...new Set(group.flatMap((lists) => lists.parents))];
      const rows = Map.groupBy(await readPage(sql, list, group[0]!.page, [parents]), ({ parent }) => parent);
      for (const lists of group)
        found.set(
          lists,
          lists.parents.flatMap((parent) => rows.get(parent) ?? []),
        );
    }
    return asked.map((lists) => found.get(lists) ?? []);
  });
}
