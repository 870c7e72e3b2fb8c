import type { Sql } from './sql.ts';

/** Inputs of one statement: more would make everybody in it wait for its end. */
const MOST = 100;

/** Milliseconds after which a statement under way no longer holds up the next: the database is slow, and it has other connections. */
const PATIENCE = 250;

interface Call<Input, Output> {
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One statement for many requests: whoever comes while one is under way shares the next. It leaves as soon as the other is
 * back, so nobody waits for company; and what it reads, it reads after everybody in it has asked. `run` answers in the order
 * of its inputs; if it throws, all of them fail.
 */
export function batched<Input, Output>(
  run: (sql: Sql, inputs: readonly Input[]) => Promise<readonly Output[]>,
): (sql: Sql, input: Input) => Promise<Output> {
  const lanes = new WeakMap<Sql, (call: Call<Input, Output>) => void>();
  return (given, input) => {
    const sql = given.shared ?? given;
    let lane = lanes.get(sql);
    if (!lane) {
      lane = makeLane((inputs) => run(sql, inputs));
      lanes.set(sql, lane);
    }
    return new Promise((resolve, reject) => lane({ input, resolve, reject }));
  };
}

function makeLane<Input, Output>(
  run: (inputs: readonly Input[]) => Promise<readonly Output[]>,
): (call: Call<Input, Output>) => void {
  const waiting: Call<Input, Output>[] = [];
  /** The departure that the next one waits for; undefined when there is none. */
  let underWay: object | undefined;

  const leave = (): void => {
    const mine = {};
    underWay = mine;
    // Once all that has arrived by now has been read, so that it goes along.
    setImmediate(() => {
      const calls = waiting.splice(0, MOST);
      const makeRoom = (): void => {
        if (underWay !== mine) return;
        if (waiting.length > 0) leave();
        else underWay = undefined;
      };
      const overdue = setTimeout(makeRoom, PATIENCE);
      void settle(calls).finally(() => {
        clearTimeout(overdue);
        makeRoom();
      });
    });
  };

  const settle = async (calls: readonly Call<Input, Output>[]): Promise<void> => {
    try {
      const outputs = await run(calls.map(({ input }) => input));
      for (const [index, { resolve }] of calls.entries()) resolve(outputs[index] as Output);
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  };

  return (call) => {
    waiting.push(call);
    if (!underWay) leave();
  };
}

/** Rows that say which input they answer, in the order of the inputs; undefined for those that have none. */
export function inOrder<Row extends { readonly n: number }>(
  count: number,
  rows: readonly Row[],
): readonly (Row | undefined)[] {
  const ordered = new Array<Row | undefined>(count);
  for (const row of rows) ordered[row.n - 1] = row;
  return ordered;
}
