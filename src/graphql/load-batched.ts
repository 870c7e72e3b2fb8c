import DataLoader from 'dataloader';
import type { Context } from './context.ts';

type Load<Value> = (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

const loaders = new WeakMap<object, Map<string, DataLoader<string, unknown>>>();

/**
 * Loads by id, all that one level of the answer asks for at once. `name` tells one kind of look-up, with its arguments, from
 * another; who may see what is found is for the caller to say. Nothing is remembered: a later mutation of the same request must not be answered with what was before it.
 */
export function loadBatched<Value>(
  context: Context,
  name: string,
  id: string,
  load: Load<Value>,
): Promise<Value | undefined> {
  const { batchKey = context } = context;
  const own = loaders.get(batchKey) ?? new Map<string, DataLoader<string, unknown>>();
  loaders.set(batchKey, own);
  const known = own.get(name) as DataLoader<string, Value | undefined> | undefined;
  if (known) return known.load(id);

  const loader = new DataLoader<string, Value | undefined>(
    async (ids) => {
      const found = await load([...new Set(ids)]);
      return ids.map((wanted) => found.get(wanted));
    },
    { cache: false },
  );
  own.set(name, loader);
  return loader.load(id);
}

/** Rows by their id. */
export const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

/** Rows of many lists, by the list's owner; the order within each list is kept. */
export function byParent<Row extends { readonly parent: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const lists = new Map<string, Row[]>();
  for (const row of rows) {
    const list = lists.get(row.parent);
    if (list) list.push(row);
    else lists.set(row.parent, [row]);
  }
  return lists;
}
