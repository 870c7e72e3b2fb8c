import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeKeyring } from '../../../src/crypto/keyring.ts';
import { makeBackchannelLogout } from '../../../src/http/operations/backchannel-logout.ts';
import { makeLog } from '../../../src/log.ts';
import { makeSigningKeys } from '../../../src/oauth/keys/signing-keys.ts';
import type { TestClient } from '../../support/fixtures.ts';
import { relyingParty } from '../../support/relying-party.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** Another node, whose clock is a second ahead. */
function anotherNode() {
  const { config, database } = server;
  const lines: string[] = [];
  const log = makeLog('debug', { write: (line: string) => void lines.push(line) });
  const key = database.embedded ? [readFileSync(`${config.dataDir}/secret-key`, 'utf8').trim()] : config.secretKeys;
  const signingKeys = makeSigningKeys(database.sql, makeKeyring(key));
  const clock = () => new Date(Date.now() + 1000);
  return { lines, ...makeBackchannelLogout({ sql: database.sql, config, signingKeys, log, clock }) };
}

const waiting = async (): Promise<number> =>
  (await server.database.em().execute('SELECT count(*)::int AS n FROM logout_deliveries'))[0]?.n;

describe('Back-Channel Logout §2.5: a client that does not respond', () => {
  /** A client that accepts connections and never responds. */
  async function silentApp() {
    const sockets = new Set<Socket>();
    let most = 0;
    const listener = createServer((socket) => {
      sockets.add(socket);
      most = Math.max(most, sockets.size);
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    });
    await new Promise<void>((resolve) => {
      listener.listen(0, '127.0.0.1', resolve);
    });
    return {
      uri: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/logout`,
      open: () => sockets.size,
      most: () => most,
      close: () => {
        for (const socket of sockets) socket.destroy();
        listener.close();
      },
    };
  }

  /** Sessions that have just ended at the client, as if so many users had signed out. */
  const queue = ({ clientId }: TestClient, count: number) =>
    server.database.em().execute(
      `INSERT INTO logout_deliveries (id, client_id, user_id, session_id, next_attempt_at, created_at, expires_at)
       SELECT gen_random_uuid(), c.id, gen_random_uuid(), gen_random_uuid(), now(), now(), now() + interval '1 day'
       FROM clients c, generate_series(1, ?) WHERE c.client_id = ?`,
      [count, clientId],
    );

  it('keeps no other client waiting, and has at most two requests at a time', async () => {
    const silent = await silentApp();
    const app = await relyingParty();
    const [hanging, healthy] = [
      await server.client({ backchannelLogoutUri: silent.uri }),
      await server.client({ backchannelLogoutUri: app.uri }),
    ];
    await queue(hanging, 45);
    const node = anotherNode();
    node.deliver();
    await vi.waitFor(() => expect(silent.open()).toBe(2), { timeout: 10_000 });
    await queue(healthy, 30);
    node.deliver();
    await vi.waitFor(() => expect(app.received).toHaveLength(30), { timeout: 10_000 });
    // None of the first two has been given up yet, so the others did not wait for them.
    expect([silent.open(), silent.most()]).toEqual([2, 2]);
    await vi.waitFor(async () => expect(await waiting()).toBe(45));
    await node.stop();
    silent.close();
    await app.close();
    await server.database.em().execute('DELETE FROM logout_deliveries');
  });

  it('slow clients with many old deliveries use all places, but another client is the next to get one', async () => {
    let slowRequests = 0;
    const slow = createHttpServer((_request, response) => {
      slowRequests++;
      setTimeout(() => response.writeHead(500).end(), 200);
    });
    await new Promise<void>((resolve) => {
      slow.listen(0, '127.0.0.1', resolve);
    });
    const app = await relyingParty();
    const uri = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/logout`;
    for (let count = 0; count < 10; count++) await queue(await server.client({ backchannelLogoutUri: uri }), 30);
    await queue(await server.client({ backchannelLogoutUri: app.uri }), 4);
    const node = anotherNode();
    node.deliver();
    await vi.waitFor(() => expect(app.received).toHaveLength(4), { timeout: 10_000, interval: 10 });
    expect(slowRequests).toBeLessThan(150);
    await node.stop();
    slow.close();
    await app.close();
    await server.database.em().execute('DELETE FROM logout_deliveries');
  });

  it('is left alone for a minute after three timeouts, and its deliveries lose no attempt', async () => {
    const silent = await silentApp();
    await queue(await server.client({ backchannelLogoutUri: silent.uri }), 6);
    const node = anotherNode();
    node.deliver();
    await vi.waitFor(() => expect(node.lines).toHaveLength(4), { timeout: 20_000 });
    node.deliver();
    await node.stop();
    const attempts = await server.database.em().execute('SELECT attempts FROM logout_deliveries ORDER BY attempts');
    expect(attempts.map(({ attempts: count }) => count)).toEqual([0, 0, 1, 1, 1, 1]);
    silent.close();
  });
});
