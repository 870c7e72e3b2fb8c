import { batched } from './shared-statement.ts';
import { type Sql, type Statement, statement } from './sql.ts';

/** A position in a list: a row's creation time and id, which together are unique and never change. */
export interface Position {
  readonly at: string;
  readonly id: string;
}

/** A page of a list: the first `limit` rows between `after` and `before`, or the last ones if `backward`. */
export interface Page {
  readonly limit: number;
  readonly backward: boolean;
  readonly after?: Position | undefined;
  readonly before?: Position | undefined;
}

/** The statements of a list that can be read from either end. */
export interface PagedList<Row> {
  readonly newestFirst: boolean;
  readonly ascending: Statement<Row>;
  readonly descending: Statement<Row>;
}

interface Parts {
  /** A condition for WHERE; binds `$1` to `$4`. */
  readonly window: string;
  /** ORDER BY and LIMIT; binds `$5`. */
  readonly cut: string;
  /** The direction, for an outer query that must repeat the ORDER BY. */
  readonly order: 'ASC' | 'DESC';
}

const FIRST: Position = { at: '-infinity', id: '00000000-0000-0000-0000-000000000000' };
const LAST: Position = { at: 'infinity', id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };

/** Builds both directions of a query that is ordered by the columns `(at, id)`. The query's own values start at `$6`. */
export function pagedList<Row>(
  name: string,
  at: string,
  id: string,
  text: (parts: Parts) => string,
  newestFirst = false,
): PagedList<Row> {
  // Both ends are always compared, so that every page uses the same plan and a deep page costs as much as the first.
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

/** Reads one row more than `limit`, which shows whether there are more. Rows come in reading order from that end. */
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

/** Reads equal pages of concurrent requests once. Different pages are read in parallel. */
export function readPageTogether<Row>(list: PagedList<Row>): (sql: Sql, page: Page) => Promise<readonly Row[]> {
  return batched(async (sql: Sql, pages: readonly Page[]) => {
    const keys = pages.map((page) => JSON.stringify(page));
    const distinct = new Map(pages.map((page, index) => [keys[index]!, page]));
    const rows = await Promise.all(
      [...distinct].map(async ([key, page]) => [key, await readPage(sql, list, page)] as const),
    );
    const rowsByKey = new Map(rows);
    return keys.map((key) => rowsByKey.get(key) ?? []);
  });
}

/** One page of each of the lists of these parents. */
interface Lists {
  readonly page: Page;
  readonly parents: readonly string[];
}

/** Reads equal pages of the lists of many parents, from concurrent requests, with one statement. */
export function readPagesTogether<Row extends { readonly parent: string }>(list: PagedList<Row>) {
  return batched(async (sql: Sql, requests: readonly Lists[]): Promise<readonly Row[][]> => {
    const byPage = Map.groupBy(requests, ({ page }) => JSON.stringify(page));
    const rowsByRequest = new Map<Lists, Row[]>();
    for (const group of byPage.values()) {
      const parents = [...new Set(group.flatMap((lists) => lists.parents))];
      const rows = Map.groupBy(await readPage(sql, list, group[0]!.page, [parents]), ({ parent }) => parent);
      for (const lists of group)
        rowsByRequest.set(
          lists,
          lists.parents.flatMap((parent) => rows.get(parent) ?? []),
        );
    }
    return requests.map((lists) => rowsByRequest.get(lists) ?? []);
  });
}
