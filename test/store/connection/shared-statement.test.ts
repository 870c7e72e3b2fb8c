import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { batched, inOrder } from '../../../src/store/connection/shared-statement.ts';
import type { Sql } from '../../../src/store/connection/sql.ts';

const unusedSql: Sql = () => Promise.reject(new Error('must not be called'));

/** A statement whose runs the test ends itself, with the inputs of each run. */
function controlledStatement() {
  const runs: { readonly inputs: readonly number[]; end(): void; fail(error: Error): void }[] = [];
  const call = batched(
    (_sql: Sql, inputs: readonly number[]) =>
      new Promise<readonly number[]>((resolve, reject) =>
        runs.push({ inputs, end: () => resolve(inputs.map((input) => input * 10)), fail: reject }),
      ),
  );
  const run = async (index: number) => {
    await expect.poll(() => runs.length, { timeout: 2000, interval: 1 }).toBeGreaterThan(index);
    return runs[index]!;
  };
  return { call, run, runs };
}

describe('Shared statements', () => {
  it('a statement starts at once if none is running, and the next one serves all calls that arrived meanwhile', async () => {
    const { call, run, runs } = controlledStatement();
    const first = call(unusedSql, 1);
    expect((await run(0)).inputs).toEqual([1]);
    const others = [2, 3, 4].map((input) => call(unusedSql, input));
    await pause(20);
    expect(runs).toHaveLength(1);

    (await run(0)).end();
    expect(await first).toBe(10);
    expect((await run(1)).inputs).toEqual([2, 3, 4]);
    (await run(1)).end();
    expect(await Promise.all(others)).toEqual([20, 30, 40]);

    const last = call(unusedSql, 5);
    (await run(2)).end();
    expect(await last).toBe(50);
  });

  it('no call gets rows that were read before it arrived', async () => {
    let value = 'before';
    const { promise, resolve: end } = Promise.withResolvers<void>();
    const read = batched(async (_sql: Sql, inputs: readonly null[]) => {
      const seen = value;
      await promise;
      return inputs.map(() => seen);
    });
    const early = read(unusedSql, null);
    await pause(5);
    value = 'after';
    const late = read(unusedSql, null);
    end();
    expect([await early, await late]).toEqual(['before', 'after']);
  });

  it('a failed statement rejects the calls that shared it and no others', async () => {
    const { call, run } = controlledStatement();
    const first = call(unusedSql, 1);
    await run(0);
    const others = Promise.allSettled([call(unusedSql, 2), call(unusedSql, 3)]);
    (await run(0)).end();
    await first;
    (await run(1)).fail(new Error('the connection was lost'));
    expect((await others).map(({ status }) => status)).toEqual(['rejected', 'rejected']);

    const next = call(unusedSql, 4);
    (await run(2)).end();
    expect(await next).toBe(40);
  });

  it('calls do not wait for a statement that hangs', async () => {
    const { call, run, runs } = controlledStatement();
    const stuck = call(unusedSql, 1);
    await run(0);
    const others = [2, 3].map((input) => call(unusedSql, input));
    (await run(1)).end();
    expect(await Promise.all(others)).toEqual([20, 30]);
    expect(runs).toHaveLength(2);
    (await run(0)).end();
    expect(await stuck).toBe(10);
  });

  it('a statement serves at most a hundred calls of one database', async () => {
    const { call, run } = controlledStatement();
    const otherSql: Sql = () => Promise.reject(new Error('must not be called'));
    const many = Array.from({ length: 150 }, (_, index) => call(unusedSql, index));
    const other = call(otherSql, 7);
    expect((await run(0)).inputs).toHaveLength(100);
    expect((await run(1)).inputs).toEqual([7]);
    for (const index of [0, 1, 2]) (await run(index)).end();
    expect(await other).toBe(70);
    expect(await Promise.all(many)).toEqual(Array.from({ length: 150 }, (_, index) => index * 10));
  });

  it('rows are sorted by their input', () => {
    expect(inOrder(3, [{ n: 3 }, { n: 1 }])).toEqual([{ n: 1 }, undefined, { n: 3 }]);
  });
});
