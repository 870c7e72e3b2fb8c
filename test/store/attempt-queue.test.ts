import { describe, expect, it } from 'vitest';
import { Overloaded } from '../../src/overloaded.ts';
import { makeAttemptQueue, type Place } from '../../src/store/attempt-queue.ts';

const stranger = (...shares: string[]): Place => ({ lane: 'stranger', shares });
const known = (...shares: string[]): Place => ({ lane: 'known', shares });

/** A queue that runs one at a time and is held up, and in which three may wait. `release` runs all that wait. */
function heldQueue() {
  const queue = makeAttemptQueue(1, 3);
  const events: string[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const all = [queue.run(stranger('first'), () => gate)];
  const add = (name: string, place: Place) => {
    const work = async () => void events.push(name);
    const done = queue.run(place, work).catch((error: unknown) => {
      if (!(error instanceof Overloaded)) throw error;
      events.push(`${name} dropped`);
    });
    all.push(done);
  };
  const finish = async (): Promise<readonly string[]> => {
    release();
    await Promise.all(all);
    return events;
  };
  return { add, finish };
}

describe('The queue of password checks', () => {
  it('networks take turns, so that the second network does not wait for the whole of the first', async () => {
    const { add, finish } = heldQueue();
    add('a1', stranger('a'));
    add('a2', stranger('a'));
    add('b1', stranger('b'));
    expect(await finish()).toEqual(['a1', 'b1', 'a2']);
  });

  it('if it is full, the network with most waiting loses its oldest', async () => {
    const { add, finish } = heldQueue();
    for (const name of ['a1', 'a2']) add(name, stranger('a'));
    for (const name of ['b1', 'a3']) add(name, stranger(name.charAt(0)));
    expect(await finish()).toEqual(['a1 dropped', 'a2', 'b1', 'a3']);
  });

  it('within a wide network the narrow one with most waiting does', async () => {
    const { add, finish } = heldQueue();
    add('neighbour', stranger('48', '56-1', '64-1'));
    for (const name of ['1', '2', '3']) add(name, stranger('48', '56-2', '64-2'));
    expect(await finish()).toEqual(['1 dropped', 'neighbour', '2', '3']);
  });

  it('of as many networks as can wait the oldest leaves', async () => {
    const { add, finish } = heldQueue();
    for (const name of ['a', 'b', 'c', 'd']) add(name, stranger(name));
    expect(await finish()).toEqual(['a dropped', 'b', 'c', 'd']);
  });

  it('known browsers have a lane of their own, which takes turns with that of strangers', async () => {
    const { add, finish } = heldQueue();
    for (const name of ['a', 'b', 'c', 'd']) add(name, stranger(name));
    for (const name of ['x', 'y']) add(name, known(name));
    expect(await finish()).toEqual(['a dropped', 'x', 'b', 'y', 'c', 'd']);
  });

  it('the place of an attempt that fails is free again', async () => {
    const queue = makeAttemptQueue(1, 1);
    const failing = queue.run(stranger('a'), () => Promise.reject(new Error('broken')));
    const next = queue.run(stranger('a'), async () => 'run');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('run');
  });
});
