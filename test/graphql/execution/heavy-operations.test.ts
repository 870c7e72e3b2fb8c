import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/graphql/access/limits.ts';
import { whenAdmitted } from '../../../src/graphql/execution/heavy-operations.ts';
import type { AccessToken } from '../../../src/oauth/tokens/bearer.ts';

const HEAVY = LIMITS.cost / 10 + 1;
const never = new AbortController().signal;
const tokenOf = (id: string) => ({ id }) as AccessToken;

/** Starts operations that run until `end` is called. */
function run(count: number, id: string, cost: number, deadline = never) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let started = 0;
  const results = Array.from({ length: count }, () =>
    whenAdmitted(cost, { token: tokenOf(id), deadline }, () => {
      started += 1;
      return promise;
    }),
  );
  return { started: () => started, end: resolve, results: Promise.allSettled(results) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Operations that cost more than a tenth of the limit', () => {
  it('run four at a time for each token, and the others follow', async () => {
    const six = run(6, 'tok_a', HEAVY);
    const other = run(1, 'tok_b', HEAVY);
    await settle();
    expect([six.started(), other.started()]).toEqual([4, 1]);
    six.end();
    other.end();
    expect((await six.results).map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
    expect(six.started()).toBe(6);
  });

  it('do not hold up cheap operations of the same token', async () => {
    const heavy = run(4, 'tok_a', HEAVY);
    const cheap = run(6, 'tok_a', HEAVY - 1);
    await settle();
    expect([heavy.started(), cheap.started()]).toEqual([4, 6]);
    heavy.end();
    cheap.end();
    await Promise.all([heavy.results, cheap.results]);
  });

  it('end at their deadline if they still wait', async () => {
    const running = run(4, 'tok_a', HEAVY);
    const controller = new AbortController();
    const waiting = run(1, 'tok_a', HEAVY, controller.signal);
    await settle();
    controller.abort(new DOMException('The operation took too long', 'TimeoutError'));
    const [result] = await waiting.results;
    expect(result).toMatchObject({ status: 'rejected', reason: { name: 'TimeoutError' } });
    expect(waiting.started()).toBe(0);
    running.end();
    await running.results;
  });
});
