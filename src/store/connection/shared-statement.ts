import type { Sql } from './sql.ts';

/** Maximum number of inputs of a statement, because all of them wait until it ends. */
const MAX_INPUTS = 100;

/** Milliseconds after which the next statement starts although the last one is still running. */
const MAX_WAIT = 250;

interface Call<Input, Output> {
  readonly input: Input;
  readonly resolve: (output: Output) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs one statement for many requests. Calls that arrive while a statement is running share the next one, which starts as soon
 * as the running one ends. The statement starts after all its calls arrived, so each of them sees current data. `run` returns
 * outputs in the order of its inputs. If it throws, all calls of the batch reject.
 */
export function batched<Input, Output>(
  run: (sql: Sql, inputs: readonly Input[]) => Promise<readonly Output[]>,
): (sql: Sql, input: Input) => Promise<Output> {
  const queues = new WeakMap<Sql, (call: Call<Input, Output>) => void>();
  return (given, input) => {
    const { shared: sql = given, admit } = given;
    let enqueue = queues.get(sql);
    if (!enqueue) {
      enqueue = makeQueue((inputs) => run(sql, inputs));
      queues.set(sql, enqueue);
    }
    const call = () => new Promise<Output>((resolve, reject) => enqueue({ input, resolve, reject }));
    return admit ? admit(call) : call();
  };
}

function makeQueue<Input, Output>(
  run: (inputs: readonly Input[]) => Promise<readonly Output[]>,
): (call: Call<Input, Output>) => void {
  const waiting: Call<Input, Output>[] = [];
  /** Identifies the statement that the next one waits for. Undefined when there is none. */
  let inFlight: object | undefined;

  const flush = (): void => {
    const current = {};
    inFlight = current;
    // Requests whose data has already arrived are handled first, so that their calls join this batch.
    setImmediate(() => {
      const calls = waiting.splice(0, MAX_INPUTS);
      const release = (): void => {
        if (inFlight !== current) return;
        if (waiting.length > 0) flush();
        else inFlight = undefined;
      };
      const overdue = setTimeout(release, MAX_WAIT);
      void resolveAll(calls).finally(() => {
        clearTimeout(overdue);
        release();
      });
    });
  };

  const resolveAll = async (calls: readonly Call<Input, Output>[]): Promise<void> => {
    try {
      const outputs = await run(calls.map(({ input }) => input));
      for (const [index, { resolve }] of calls.entries()) resolve(outputs[index] as Output);
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  };

  return (call) => {
    waiting.push(call);
    if (!inFlight) flush();
  };
}

/** Sorts rows by the number `n` of their input, which starts at 1. Inputs without a row get undefined. */
export function inOrder<Row extends { readonly n: number }>(
  count: number,
  rows: readonly Row[],
): readonly (Row | undefined)[] {
  const ordered = new Array<Row | undefined>(count);
  for (const row of rows) ordered[row.n - 1] = row;
  return ordered;
}
