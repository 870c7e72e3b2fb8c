import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { repeat, statuses, tryClient } from '../../support/authentication-attempts.ts';
import { revoke } from '../../support/client-endpoints.ts';
import { type TestClient, unique } from '../../support/fixtures.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ TRUST_PROXY: '1' });
});
afterAll(() => server.close());
afterEach(() => vi.useRealTimers());

const wrong = ({ clientId }: TestClient): TestClient => ({ clientId, secret: 'wrong' });
const HERE = '192.0.2.1';
const THERE = '192.0.2.2';

describe('OAuth 2.1 §2.4.1: guessing a client secret', () => {
  it('E91: of a hundred wrong secrets in a minute the 21st and later get 429 with Retry-After', async () => {
    const client = await server.client();
    const tries = await repeat(100, () => tryClient(server, wrong(client), HERE));
    expect(tries.slice(0, 20).map(({ status }) => status)).toEqual(Array(20).fill(401));
    expect(tries.slice(20).map(({ status }) => status)).toEqual(Array(80).fill(429));
    for (const { retryAfter, text } of tries.slice(20)) {
      expect(retryAfter).toBeGreaterThan(0);
      expect(retryAfter).toBeLessThanOrEqual(60);
      expect(JSON.parse(text)).toEqual({ error: 'temporarily_unavailable', error_description: expect.any(String) });
    }
    expect((await tryClient(server, client, HERE)).status).toBe(429);
    // The limit blocks neither the client from its own network nor other clients from this network.
    expect((await tryClient(server, client, THERE)).status).toBe(200);
    expect((await tryClient(server, await server.client(), HERE)).status).toBe(200);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    expect((await tryClient(server, client, HERE)).status).toBe(200);
  });

  it('E91: of a hundred concurrent wrong secrets twenty are rejected and the others get 429', async () => {
    const client = await server.client();
    const tries = await Promise.all(Array.from({ length: 100 }, () => tryClient(server, wrong(client), HERE)));
    expect(statuses(tries)).toEqual({ 401: 20, 429: 80 });
  });

  it('E91: failures at all endpoints with client authentication are counted together', async () => {
    const client = await server.client();
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect', '/oauth/token/'])
      expect(statuses(await repeat(5, () => tryClient(server, wrong(client), HERE, path)))).toEqual({ 401: 5 });
    for (const path of ['/oauth/token', '/oauth/revoke', '/oauth/introspect'])
      expect((await tryClient(server, client, HERE, path)).status).toBe(429);
  });

  it('E91: another spelling of the client id in the Authorization header shares the count of the client', async () => {
    const client = await server.client();
    const percent = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`;
    const spelled = (index: number) => {
      const at = index % client.clientId.length;
      const clientId = `${client.clientId.slice(0, at)}${percent(client.clientId.charAt(at))}${client.clientId.slice(at + 1)}`;
      return { ...client, clientId };
    };
    const tries = await repeat(30, (index) => tryClient(server, wrong(spelled(index)), HERE));
    expect(statuses(tries)).toEqual({ 401: 20, 429: 10 });
    expect((await tryClient(server, client, HERE)).status).toBe(429);
    expect((await tryClient(server, spelled(3), HERE)).status).toBe(429);
    expect((await tryClient(server, spelled(3), THERE)).status).toBe(200);
  });

  it('the right secret by another method is no guess', async () => {
    const client = await server.client({ tokenEndpointAuthMethod: 'client_secret_post' });
    const tries = await repeat(30, () => tryClient(server, client, HERE));
    expect(statuses(tries)).toEqual({ 401: 30 });
    expect(JSON.parse(tries[29]?.text ?? '')).toEqual({
      error: 'invalid_client',
      error_description: 'This client is registered for client_secret_post, but it used client_secret_basic.',
    });
    expect(JSON.parse((await tryClient(server, wrong(client), HERE)).text).error_description).not.toContain(
      'registered',
    );
  });

  it('E76, E91: an unknown client is limited like a known one', async () => {
    const names = [(await server.client()).clientId, unique('nobody')];
    const [known, unknown] = await Promise.all(
      names.map((clientId) => repeat(25, () => tryClient(server, { clientId, secret: 'wrong' }, HERE))),
    );
    expect(known?.map(({ status, text }) => [status, text])).toEqual(
      unknown?.map(({ status, text }) => [status, text]),
    );
    expect(statuses(known ?? [])).toEqual({ 401: 20, 429: 5 });
  });

  it('E91: attempts with random client ids fill neither the audit trail nor the counters, and correct credentials still work', async () => {
    const [flooder, client] = ['192.0.2.66', await server.client()];
    const rowsIn = async (table: string) => {
      const [row] = await server.database.em().execute(`SELECT count(*)::int AS rows FROM ${table}`);
      return Number(row?.rows);
    };
    const before = [await rowsIn('audit_events'), await rowsIn('rate_limits')];
    const tries = await repeat(300, () => tryClient(server, { clientId: unique('nobody'), secret: 'wrong' }, flooder));
    expect(statuses(tries)).toEqual({ 401: 200, 429: 100 });
    const after = [await rowsIn('audit_events'), await rowsIn('rate_limits')];
    expect(after.map((rows, at) => rows - Number(before[at]))).toEqual([200, 200]);
    expect((await tryClient(server, client, flooder)).status).toBe(200);
    expect((await tryClient(server, wrong(client), THERE)).status).toBe(401);
    // The flood cannot hide guesses at the secret of a known client.
    expect(statuses(await repeat(25, () => tryClient(server, wrong(client), flooder)))).toEqual({ 429: 25 });
    expect((await tryClient(server, client, flooder)).status).toBe(429);
  });

  it('only failures are counted, and only failures write', async () => {
    const client = await server.client();
    const counted = () => server.database.em().execute('SELECT key, points FROM rate_limits ORDER BY key');
    const before = await counted();
    expect(statuses(await repeat(60, () => tryClient(server, client, HERE)))).toEqual({ 200: 60 });
    expect(await counted()).toEqual(before);
    // An invalid request with a correct secret is not a failure either.
    expect(statuses(await repeat(30, () => tryClient(server, client, HERE, '/oauth/introspect')))).toEqual({ 200: 30 });
    expect(await counted()).toEqual(before);
  });

  it('the stored counters contain no client id', async () => {
    const client = await server.client();
    await tryClient(server, wrong(client), HERE);
    const rows = await server.database.em().execute('SELECT key FROM rate_limits');
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${client.clientId}|${HERE}`));
  });
});

describe('RATE_LIMITS=off', () => {
  it('attempts are not limited', async () => {
    const free = await startServer({ RATE_LIMITS: 'off' });
    try {
      const client = await free.client();
      expect(statuses(await repeat(40, () => tryClient(free, wrong(client))))).toEqual({ 401: 40 });
      expect((await revoke(free, 'x', client)).status).toBe(200);
      expect(await free.database.em().execute('SELECT key FROM rate_limits')).toEqual([]);
    } finally {
      await free.close();
    }
  });
});
