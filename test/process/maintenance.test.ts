import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeKeyring } from '../../src/crypto/keyring.ts';
import { makeBackchannelLogout } from '../../src/http/operations/backchannel-logout.ts';
import { makeLog } from '../../src/log.ts';
import { makeSigningKeys } from '../../src/oauth/keys/signing-keys.ts';
import { startMaintenance } from '../../src/process/maintenance.ts';
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

/** Maintenance with minutes shortened to 0.1 s; other timers keep their duration. Returns its waits and log lines as well. */
function start() {
  const real = setTimeout;
  const waits: number[] = [];
  const short: number[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, milliseconds = 0) => {
    // Only maintenance waits for a fraction more or less than a second.
    if (Math.round(milliseconds / 200) === 5 && !Number.isInteger(milliseconds)) short.push(milliseconds);
    if (milliseconds < 54_000 || milliseconds > 66_000) return real(work, milliseconds);
    waits.push(milliseconds);
    return real(work, 100);
  }) as typeof setTimeout);
  const lines: string[] = [];
  const log = makeLog('debug', { write: (line: string) => void lines.push(line) });
  const { config, database } = server;
  const signingKeys = makeSigningKeys(database.sql, keyring);
  const backchannel = makeBackchannelLogout({ sql: database.sql, config, signingKeys, log, clock: () => new Date() });
  const stop = startMaintenance({ config, database, keyring, backchannel, log }, later);
  return { stop, lines, waits, short };
}

const until = (assertion: () => Promise<void> | void) => vi.waitFor(assertion, { timeout: 20_000, interval: 20 });
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('Maintenance', () => {
  it('expired rows are deleted about once a minute until maintenance is stopped', async () => {
    await rows.clear('setup_tickets');
    const { stop, lines, waits } = start();
    for (let times = 0; times < 3; times++) {
      await rows.add('setup_tickets', 'expires_at', END, 5);
      await until(async () => expect(await rows.count('setup_tickets')).toBe(0));
    }
    await stop();
    const entries = lines.map((line) => JSON.parse(line));
    const sweeps = entries.filter(({ msg }) => msg === 'expired rows deleted');
    expect(entries.filter(({ level }) => level > 30)).toEqual([]);
    expect(sweeps.reduce((sum, { swept }) => sum + swept.setup_tickets, 0)).toBe(15);
    // Random waits keep nodes from starting at the same moment.
    expect(new Set(waits).size).toBe(waits.length);

    const before = lines.length;
    await rows.add('setup_tickets', 'expires_at', END);
    await pause(400);
    expect(await rows.count('setup_tickets')).toBe(1);
    expect(lines).toHaveLength(before);
  });

  it('signing keys that are years old are rotated', async () => {
    const { stop, lines } = start();
    await until(() => expect(lines.join('')).toContain('"msg":"signing keys created"'));
    await stop();
    const made = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'signing keys created');
    expect(made).toHaveLength(1);
    expect(made[0].made.map(({ algorithm }: { algorithm: string }) => algorithm)).toEqual(['RS256', 'ES256', 'EdDSA']);
  });

  it('a failed sweep is logged, and the next one runs', async () => {
    await server.database.em().execute('ALTER TABLE sessions RENAME TO sessions_renamed');
    const { stop, lines } = start();
    try {
      await until(() => expect(lines.join('')).toContain('"msg":"maintenance failed"'));
    } finally {
      await server.database.em().execute('ALTER TABLE sessions_renamed RENAME TO sessions');
    }
    await until(() => expect(lines.join('')).toContain('"msg":"expired rows deleted"'));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, err: { code: '42P01' } });
    await stop();
  });

  it('a large sweep is soon followed by another one, because more rows have expired meanwhile', async () => {
    await rows.add('sessions', 'expires_at', END, 6000);
    const { stop, lines, short } = start();
    await until(() => expect(lines.join('')).toContain('"sessions":6000'));
    await rows.add('sessions', 'expires_at', END, 5);
    await until(() => expect(lines.join('')).toContain('"sessions":5,'));
    await stop();
    expect(short).toHaveLength(1);
  });

  it('a large sweep can be interrupted', async () => {
    await rows.add('sessions', 'expires_at', END, 30_000);
    const { stop } = start();
    await until(async () => expect(await rows.count('sessions')).toBeLessThan(30_000));
    await stop();
    expect(await rows.count('sessions')).toBeGreaterThan(0);
    await rows.clear('sessions');
  });
});
