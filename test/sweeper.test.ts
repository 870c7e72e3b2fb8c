import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeLog } from '../src/log.ts';
import { sweepRegularly } from '../src/sweeper.ts';
import { type RowMaker, rowMaker } from './support/expiring-rows.ts';
import { startServer, type TestServer } from './support/server.ts';

let server: TestServer;
let rows: RowMaker;
beforeAll(async () => {
  server = await startServer();
  rows = await rowMaker(server);
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

const END = new Date('2031-01-01T00:00:00Z');
const later = () => new Date(END.getTime() + 1);

/** A sweeper whose minutes pass at once, and what it logs. */
function start() {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const lines: string[] = [];
  const log = makeLog('debug', { write: (line: string) => void lines.push(line) });
  const stop = sweepRegularly(server.config, server.database, log, later);
  return { stop, lines };
}

/** To the sweep's timer and not past it: beyond, the database driver's own timeouts would run out in no time. */
function passAMinute() {
  vi.advanceTimersByTime(53_999);
  vi.advanceTimersToNextTimer();
}

describe('The server sweeps by itself', () => {
  it('about once a minute, again and again, and no more once it is told to stop', async () => {
    await rows.clear('setup_tickets');
    const { stop, lines } = start();
    for (let minute = 1; minute <= 3; minute++) {
      await rows.add('setup_tickets', 'expires_at', END, 5);
      passAMinute();
      await vi.waitFor(() => expect(lines).toHaveLength(minute), { timeout: 20_000 });
      expect(await rows.count('setup_tickets')).toBe(0);
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ msg: 'swept', swept: { setup_tickets: 5 } });
    }
    await stop();
    await rows.add('setup_tickets', 'expires_at', END);
    vi.advanceTimersByTime(600_000);
    expect(await rows.count('setup_tickets')).toBe(1);
    expect(lines).toHaveLength(3);
  });

  it('goes on after a sweep that failed, and says so', async () => {
    await server.database.em().execute('ALTER TABLE sessions RENAME TO mislaid');
    const { stop, lines } = start();
    try {
      passAMinute();
      await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, msg: 'the sweep failed' });
    } finally {
      await server.database.em().execute('ALTER TABLE mislaid RENAME TO sessions');
    }
    passAMinute();
    await vi.waitFor(() => expect(lines).toHaveLength(2), { timeout: 20_000 });
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ msg: 'swept' });
    await stop();
  });

  it('stops in the midst of a long one', async () => {
    await rows.add('sessions', 'expires_at', END, 12_000);
    const { stop } = start();
    passAMinute();
    await stop();
    expect(await rows.count('sessions')).toBeGreaterThan(0);
    await rows.clear('sessions');
  });
});
