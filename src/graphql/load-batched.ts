import DataLoader from 'dataloader';
import type { Context } from './context.ts';
import { turnsOf } from './turns.ts';

type Load<Value> = (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>;

const loaders = new WeakMap<object, Map<string, DataLoader<string, unknown>>>();

/**
 * Loads a value by id, in one batch with all others of the same level of the response. `name` identifies the kind of look-up
 * and its arguments. The caller decides who may see the value. Nothing is cached, because a later mutation of the same
 * request must not return old values.
 */
export function loadBatched<Value>(
  context: Context,
  name: string,
  id: string,
  load: Load<Value>,
): Promise<Value | undefined> {
  const { batchKey = context } = context;
  const byName = loaders.get(batchKey) ?? new Map<string, DataLoader<string, unknown>>();
  loaders.set(batchKey, byName);
  const existing = byName.get(name) as DataLoader<string, Value | undefined> | undefined;
  if (existing) return existing.load(id);

  const loader = new DataLoader<string, Value | undefined>(
    async (ids) => {
      const found = await load([...new Set(ids)]);
      return ids.map((key) => found.get(key));
    },
    {
      cache: false,
      // Lists of one level take turns, and the look-ups of all of them belong in one batch.
      batchScheduleFn: (dispatch) => void turnsOf(context).allTaken().then(dispatch),
    },
  );
  byName.set(name, loader);
  return loader.load(id);
}

/** Rows by their id. */
export const byId = <Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> =>
  new Map(rows.map((row) => [row.id, row]));

/** Groups rows by their parent and keeps their order. */
export function byParent<Row extends { readonly parent: string }>(rows: readonly Row[]): ReadonlyMap<string, Row[]> {
  const lists = new Map<string, Row[]>();
  for (const row of rows) {
    const list = lists.get(row.parent);
    if (list) list.push(row);
    else lists.set(row.parent, [row]);
  }
  return lists;
}
