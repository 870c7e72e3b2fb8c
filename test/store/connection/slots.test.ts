import { setImmediate as nextIteration } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/store/connection/slots.ts';

const never = new AbortController().signal;

/** A piece of work that ends when the test says so. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}

describe('Slots', () => {
  it('admit as many holders as there are slots, and the others in their order', async () => {
    const slots = new Slots(2);
    const started: number[] = [];
    const works = [1, 2, 3, 4].map((number) => ({ number, ...held() }));
    const runs = works.map(({ number, work }) =>
      slots.run(never, () => {
        started.push(number);
        return work();
      }),
    );
    await nextIteration();
    expect(started).toEqual([1, 2]);
    works[1]!.end();
    await nextIteration();
    expect(started).toEqual([1, 2, 3]);
    for (const { end } of works) end();
    await Promise.all(runs);
    expect(started).toEqual([1, 2, 3, 4]);
    expect(slots.unused).toBe(true);
  });

  it('a waiting holder whose signal aborts is not admitted, and takes no slot', async () => {
    const slots = new Slots(1);
    const first = held();
    const running = slots.run(never, first.work);
    const controller = new AbortController();
    const waiting = slots.run(controller.signal, () => Promise.reject(new Error('admitted')));
    controller.abort(new Error('too late'));
    await expect(waiting).rejects.toThrow('too late');
    await expect(slots.run(controller.signal, () => Promise.resolve())).rejects.toThrow('too late');
    first.end();
    await running;
    expect(slots.unused).toBe(true);
    expect(await slots.run(never, () => Promise.resolve('next'))).toBe('next');
  });

  it('work that fails gives its slot back', async () => {
    const slots = new Slots(1);
    await expect(slots.run(never, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(slots.unused).toBe(true);
  });
});
