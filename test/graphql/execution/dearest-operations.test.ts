import { setImmediate as nextIteration } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../../src/graphql/access/limits.ts';
import { isLargerThan } from '../../../src/graphql/execution/response-size.ts';
import { Turns } from '../../../src/graphql/turns.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { mutate } from '../mutate.ts';

const never = new AbortController().signal;

describe('The lists of one operation', () => {
  it('are completed one at a time, with other work in between', async () => {
    const order: string[] = [];
    const turns = new Turns();
    const lists = ['first', 'second', 'third'].map(async (name) => {
      await turns.take(never);
      order.push(name);
    });
    for (const other of ['request', 'timer']) {
      await nextIteration();
      order.push(other);
    }
    await Promise.all(lists);
    expect(order.indexOf('second')).toBeGreaterThan(order.indexOf('request'));
    expect(order.indexOf('third')).toBeGreaterThan(order.indexOf('timer'));
  });

  it('are not completed after the deadline', async () => {
    const controller = new AbortController();
    const turns = new Turns();
    const first = turns.take(controller.signal);
    const second = turns.take(controller.signal);
    await first;
    controller.abort(new DOMException('The operation took too long', 'TimeoutError'));
    await expect(second).rejects.toThrow('The operation took too long');
  });

  it('share the look-ups of the next level, which begin after the last turn', async () => {
    const turns = new Turns();
    let completed = 0;
    for (let at = 0; at < 5; at += 1) void turns.take(never).then(() => (completed += 1));
    await turns.allTaken();
    expect(completed).toBe(5);
  });
});

describe('The size of a response', () => {
  it.each([
    [null],
    [true],
    [12.5],
    ['ä"'],
    [[]],
    [{}],
    [[1, 'two', [null, false]]],
    [{ users: { nodes: [{ id: 'usr_1', attributes: { team: 'blue', deep: [{ a: 1 }] } }] } }],
  ])('of %j is that of its JSON', (value) => {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    expect(isLargerThan(bytes, value)).toBe(false);
    expect(isLargerThan(bytes - 3, value)).toBe(true);
  });
});

describe('A response with more than 5 MB of data', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await startServer();
    token = await server.accessToken({ user: await server.user({ superuser: true }) });
    const attributes = { text: 'x'.repeat(16_000) };
    for (let at = 0; at < 25; at += 1)
      expect(await mutate(server, token, 'createUser', { username: `large${at}`, attributes })).toEqual({ errors: [] });
  });
  afterAll(() => server?.close());

  it('has an error instead of the data', async () => {
    const aliases = Array.from({ length: 14 }, (_, at) => `a${at}: attributes`).join(' ');
    const { status, body } = await server.graphql(`{ users(first: 25) { nodes { id attributes ${aliases} } } }`, token);
    expect(status).toBe(200);
    expect(body).toEqual({
      data: null,
      errors: [{ message: expect.stringContaining('more than 5 MB'), extensions: { code: 'LIMIT_EXCEEDED' } }],
    });
    expect(LIMITS.bytes).toBe(5_000_000);
    expect((await server.graphql('{ users(first: 25) { nodes { attributes } } }', token)).body.errors).toBeUndefined();
  });
});
