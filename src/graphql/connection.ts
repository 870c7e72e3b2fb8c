import { DomainError } from '../directory/error.ts';
import type { Page, Position } from '../store/connection/keyset.ts';
import type { Context } from './context.ts';
import { turnsOf } from './turns.ts';

export const PAGE_DEFAULT = 20;
const PAGE_MAX = 100;

/** The paging arguments of the Relay specification. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

export interface Edge<Row> {
  readonly cursor: string;
  readonly node: Row;
}

export interface Connection<Row> {
  readonly edges: Edge<Row>[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** Validates the paging arguments. Throws INVALID. */
export function parsePageArguments({ first, after, last, before }: PageArguments): Page {
  if (first != null && last != null) throw new DomainError('INVALID', 'Use either first or last, not both');
  const backward = last != null;
  const limit = last ?? first ?? PAGE_DEFAULT;
  if (limit < 1 || limit > PAGE_MAX)
    throw new DomainError('INVALID', `${backward ? 'last' : 'first'} must be between 1 and ${PAGE_MAX}`);
  return { limit, backward, after: parseCursor(after, 'after'), before: parseCursor(before, 'before') };
}

/** Waits for the turn of the list and builds a connection from the rows of its page. A backward page has its rows in reverse order; one extra row means there are more. */
export async function toConnection<Row>(
  context: Context,
  rows: readonly Row[],
  page: Page,
  position: (row: Row) => Position,
): Promise<Connection<Row>> {
  await turnsOf(context).take(context.deadline);
  const more = rows.length > page.limit;
  const kept = rows.slice(0, page.limit);
  if (page.backward) kept.reverse();
  const edges = kept.map((node) => ({
    node,
    // Computed on demand, because most requests do not select cursors.
    get cursor() {
      return writeCursor(position(node));
    },
  }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.backward ? page.before !== undefined : more,
      hasPreviousPage: page.backward ? more : page.after !== undefined,
      get startCursor() {
        return edges[0]?.cursor ?? null;
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
}

/** Position of a row in a list that is ordered by creation time. */
export const byCreation = ({ createdAt, id }: { createdAt: Date; id: string }): Position => ({
  at: createdAt.toISOString(),
  id,
});

const writeCursor = ({ at, id }: Position): string => Buffer.from(`${at} ${id}`).toString('base64url');

const CURSOR = /^((?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

function parseCursor(cursor: string | null | undefined, name: string): Position | undefined {
  if (cursor == null) return undefined;
  const [, at, id] = (cursor.length < 200 && CURSOR.exec(Buffer.from(cursor, 'base64url').toString())) || [];
  if (at === undefined || id === undefined || !isValidTime(at))
    throw new DomainError('INVALID', `${name} is not a cursor of this list`);
  return { at, id };
}

/** Date.parse accepts 30 February. PostgreSQL does not, and would fail a statement that serves other requests too. */
const isValidTime = (at: string): boolean => !Number.isNaN(Date.parse(at)) && new Date(at).toISOString() === at;
