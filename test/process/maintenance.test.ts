import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeKeyring } from '../../src/crypto/keyring.ts';
import { makeBackchannelLogout } from '../../src/http/operations/backchannel-logout.ts';
import { makeLog } from '../../src/log.ts';
import { makeSigningKeys } from '../../src/oauth/keys/signing-keys.ts';
import { sweepRegularly } from '../../src/process/maintenance.ts';
import { type RowMaker, rowMaker } from '../support/expiring-rows.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let rows: RowMaker;
const keyring = makeKeyring(['k'.repeat(32)]);
beforeAll(async () => {
  server = await startServer();
  rows = await rowMaker(server);
});
afterAll(() => server.close());
afterEach(() => vi.restoreAllMocks());

const END = new Date('2031-01-01T00:00:00Z');
const later = () => new Date(END.getTime() + 1);

/** A sweeper for which a minute is over in a moment (the drivers' timers go as they should), its waits, and what it logs. */
function start() {
  const real = setTimeout;
  const waits: number[] = [];
  const short: number[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, milliseconds = 0) => {
    // Only a sweeper waits for a fraction more or less than a second.
    if (Math.round(milliseconds / 200) === 5 && !Number.isInteger(milliseconds)) short.push(milliseconds);
    if (milliseconds < 54_000 || milliseconds > 66_000) return real(work, milliseconds);
    waits.push(milliseconds);
    return real(work, 100);
  }) as typeof setTimeout);
  const lines: string[] = [];
  const log = makeLog('debug', { write: (line: string) => void lines.push(line) });
  const { config, database } = server;
  const signingKeys = makeSigningKeys(database.sql, keyring);
  const backchannel = makeBackchannelLogout({ sql: database.sql, config, signingKeys, log });
  const stop = sweepRegularly({ config, database, keyring, backchannel, log }, later);
  return { stop, lines, waits, short };
}

const until = (assertion: () => Promise<void> | void) => vi.waitFor(assertion, { timeout: 20_000, interval: 20 });
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('The server sweeps by itself', () => {
  it('about once a minute, again and again, and no more once it is told to stop', async () => {
    await rows.clear('setup_tickets');
    const { stop, lines, waits } = start();
    for (let times = 0; times < 3; times++) {
      await rows.add('setup_tickets', 'expires_at', END, 5);
      await until(async () => expect(await rows.count('setup_tickets')).toBe(0));
    }
    await stop();
    const told = lines.map((line) => JSON.parse(line));
    const sweeps = told.filter(({ msg }) => msg === 'swept');
    expect(told.filter(({ level }) => level > 30)).toEqual([]);
    expect(sweeps.reduce((sum, { swept }) => sum + swept.setup_tickets, 0)).toBe(15);
    // Never twice the same wait, so that nodes do not keep beginning together.
    expect(new Set(waits).size).toBe(waits.length);

    const before = lines.length;
    await rows.add('setup_tickets', 'expires_at', END);
    await pause(400);
    expect(await rows.count('setup_tickets')).toBe(1);
    expect(lines).toHaveLength(before);
  });

  it('and renews the keys that sign: years have gone by since they were made', async () => {
    const { stop, lines } = start();
    await until(() => expect(lines.join('')).toContain('"msg":"made signing keys"'));
    await stop();
    const made = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'made signing keys');
    expect(made).toHaveLength(1);
    expect(made[0].made.map(({ algorithm }: { algorithm: string }) => algorithm)).toEqual(['RS256', 'ES256', 'EdDSA']);
  });

  it('goes on after a sweep that failed, and says so', async () => {
    await server.database.em().execute('ALTER TABLE sessions RENAME TO mislaid');
    const { stop, lines } = start();
    try {
      await until(() => expect(lines.join('')).toContain('"msg":"the sweep failed"'));
    } finally {
      await server.database.em().execute('ALTER TABLE mislaid RENAME TO sessions');
    }
    await until(() => expect(lines.join('')).toContain('"msg":"swept"'));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, err: { code: '42P01' } });
    await stop();
  });

  it('and again soon after a long one, for more has ended meanwhile', async () => {
    await rows.add('sessions', 'expires_at', END, 6000);
    const { stop, lines, short } = start();
    await until(() => expect(lines.join('')).toContain('"sessions":6000'));
    await rows.add('sessions', 'expires_at', END, 5);
    await until(() => expect(lines.join('')).toContain('"sessions":5,'));
    await stop();
    expect(short).toHaveLength(1);
  });

  it('stops in the midst of a long one', async () => {
    await rows.add('sessions', 'expires_at', END, 30_000);
    const { stop } = start();
    await until(async () => expect(await rows.count('sessions')).toBeLessThan(30_000));
    await stop();
    expect(await rows.count('sessions')).toBeGreaterThan(0);
    await rows.clear('sessions');
  });
});
