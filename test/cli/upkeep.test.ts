import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSecret } from '../../src/crypto/secrets.ts';
import { migratedDatabase, type TestDatabase } from '../support/database.ts';
import { rowMaker } from '../support/expiring-rows.ts';
import type { TestClient } from '../support/fixtures.ts';
import { type Ended, gatehouse } from '../support/process.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { bearerStatus, expectRevoked, type TokenPair, tokenPair } from '../support/token-forms.ts';

let home: TestDatabase;
beforeAll(async () => {
  home = await migratedDatabase();
});
afterAll(() => home.remove());

const cli = (line: string, stdin?: string): Promise<Ended> => gatehouse(line.split(' '), home.env, stdin);

/** The embedded database belongs to one process at a time: the server stops before a command runs. */
async function withServer<T>(work: (server: TestServer) => Promise<T>): Promise<T> {
  const server = await startServer({}, home);
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

describe('gatehouse sweep', () => {
  it('the command deletes expired rows, and prints how many it deleted and how many remain', async () => {
    const END = new Date(Date.now() - 60_000);
    await withServer(async (server) => {
      const rows = await rowMaker(server);
      await rows.add('sessions', 'expires_at', END, 6000);
      await rows.add('rate_limits', 'expire', END, 3);
      await rows.add('access_tokens', 'expires_at', END, 2);
      await rows.add('access_tokens', 'expires_at', new Date(Date.now() + 600_000));
    });
    const swept = await cli('sweep --json');
    expect(swept).toMatchObject({ code: 0, stderr: '' });
    const counts = JSON.parse(swept.stdout);
    expect(counts.swept).toMatchObject({ sessions: 6000, rate_limits: 3, access_tokens: 2, audit_events: 0 });
    expect(Object.values(counts.left).every((left) => left === 0)).toBe(true);

    expect(await cli('sweep')).toEqual({ code: 0, stderr: '', stdout: 'Deleted 0 expired rows; 0 remain\n' });
    await withServer(async (server) => expect(await (await rowMaker(server)).count('access_tokens')).toBe(1));
  });
});

describe('gatehouse token revoke', () => {
  let client: TestClient;
  let one: TokenPair;
  let two: TokenPair;
  beforeAll(async () => {
    await withServer(async (server) => {
      client = await server.client();
      [one, two] = [await tokenPair(server, client), await tokenPair(server, client)];
    });
  });

  it('the command revokes an access token alone and a refresh token with its family, and records audit events', async () => {
    const access = await cli('token revoke', `${one.access_token}\n`);
    expect(access).toEqual({ code: 0, stderr: '', stdout: 'Revoked\n' });
    const family = await cli('token revoke --json', two.refresh_token);
    expect(family).toEqual({ code: 0, stderr: '', stdout: '{"revoked":true}\n' });
    await withServer(async (server) => {
      expect(await bearerStatus(server, one.access_token)).toBe(401);
      const refreshed = await server.token({ grant_type: 'refresh_token', refresh_token: one.refresh_token }, client);
      expect(refreshed.status).toBe(200);
      await expectRevoked(server, client, two);
      const events = await server.database
        .em()
        .execute("SELECT actor_id, ip, detail FROM audit_events WHERE kind = 'token.revoked' ORDER BY at");
      expect(events).toEqual([
        { actor_id: null, ip: null, detail: { client: client.clientId, family: false } },
        { actor_id: null, ip: null, detail: { client: client.clientId, family: true } },
      ]);
    });
  });

  it('the command reports a token that is not active', async () => {
    for (const token of [one.access_token, makeSecret('grt'), 'x'])
      expect(await cli('token revoke', token)).toEqual({ code: 0, stderr: '', stdout: 'No active token found\n' });
  });

  it('no argument takes the token, because every user of the machine can read arguments', async () => {
    const { code, stdout, stderr } = await cli('token revoke x');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('too many arguments');
  });
});
