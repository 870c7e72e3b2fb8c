import { readFileSync } from 'node:fs';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeKeyring } from '../../../src/crypto/keyring.ts';
import { makeBackchannelLogout } from '../../../src/http/operations/backchannel-logout.ts';
import { makeLog } from '../../../src/log.ts';
import { makeSigningKeys } from '../../../src/oauth/keys/signing-keys.ts';
import { changeAccount, signInElsewhere } from '../../support/account.ts';
import { jwksOf } from '../../support/id-tokens.ts';
import { type RelyingParty, relyingParty, signInTo } from '../../support/relying-party.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let app: RelyingParty;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  app = await relyingParty();
});
afterEach(async () => {
  await app.close();
  await server.database.em().execute('DELETE FROM logout_deliveries');
});

const register = (more: object = {}) => server.client({ backchannelLogoutUri: app.uri, ...more });
const arrived = (count = 1) => vi.waitFor(() => expect(app.received).toHaveLength(count), { timeout: 10_000 });
const waiting = async (): Promise<number> =>
  (await server.database.em().execute('SELECT count(*)::int AS n FROM logout_deliveries'))[0]?.n;
const delivered = () => vi.waitFor(async () => expect(await waiting()).toBe(0), { timeout: 10_000 });

/** Another node, whose clock is ahead by so many seconds. */
function anotherNode(ahead: number) {
  const { config, database } = server;
  const lines: string[] = [];
  const log = makeLog('debug', { write: (line: string) => void lines.push(line) });
  const signingKeys = makeSigningKeys(
    database.sql,
    makeKeyring(database.embedded ? [readFileSync(`${config.dataDir}/secret-key`, 'utf8').trim()] : config.secretKeys),
  );
  let now = () => later(ahead);
  const node = makeBackchannelLogout({ sql: database.sql, config, signingKeys, log, clock: () => now() });
  const advanceTo = (seconds: number) => {
    now = () => later(seconds);
  };
  return { lines, advanceTo, ...node };
}

const later = (seconds: number): Date => new Date(Date.now() + seconds * 1000);

describe('Back-Channel Logout §2.4, §2.5: logout tokens', () => {
  it('the app gets a signed logout token, which is not accepted as an ID token', async () => {
    const [client, user] = [await register(), await server.user()];
    const { browser, idToken } = await signInTo(server, client, user);
    await browser.submit(await browser.get('/logout'));
    await arrived();
    const [received] = app.received;
    expect([received?.method, received?.type]).toEqual(['POST /logout', 'application/x-www-form-urlencoded']);
    expect([...(received?.body.keys() ?? [])]).toEqual(['logout_token']);
    const token = received?.body.get('logout_token') ?? '';
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(await jwksOf(server)), {
      issuer: server.config.issuer,
      audience: client.clientId,
      typ: 'logout+jwt',
    });
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'logout+jwt', kid: expect.any(String) });
    expect(payload).toEqual({
      ...{ iss: server.config.issuer, aud: client.clientId, sub: user.id, sid: decodeJwt(idToken).sid },
      ...{ iat: expect.any(Number), exp: (payload.iat ?? 0) + 120, jti: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
    await delivered();
    // RFC 8725 §3.11: it is not accepted as an id_token_hint.
    const again = await signInTo(server, client, user, browser);
    expect((await again.browser.get(`/oauth/logout?id_token_hint=${token}`)).html).toContain('Sign out?');
  });

  it('the token has the algorithm of the client, and a client with many authorizations gets one token', async () => {
    const [client, user] = [await register({ idTokenSignedResponseAlg: 'ES256' }), await server.user()];
    const { browser } = await signInTo(server, client, user);
    await signInTo(server, client, user, browser);
    await browser.submit(await browser.get('/logout'));
    await delivered();
    expect(app.received).toHaveLength(1);
    const token = app.received[0]?.body.get('logout_token') ?? '';
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).alg).toBe('ES256');
  });

  it('every end of a session sends a logout token: by the app, another browser, a new password or an administrator', async () => {
    const admin = await server.accessToken({ user: await server.user({ superuser: true }) });
    const mutate = (text: string) => server.graphql(`mutation { ${text} { errors { message } } }`, admin);
    const ways: ((
      user: { id: string; password: string; username: string },
      way: Awaited<ReturnType<typeof signInTo>>,
    ) => Promise<unknown>)[] = [
      (_, { browser, idToken }) => browser.get(`/oauth/logout?id_token_hint=${idToken}`),
      (user) => mutate(`updateUser(input: { id: "${user.id}", disabled: true })`),
      (user) => mutate(`setPassword(input: { id: "${user.id}", password: "another password" })`),
      (user) => mutate(`deleteUser(input: { id: "${user.id}" })`),
    ];
    for (const [n, end] of ways.entries()) {
      const [client, user] = [await register(), await server.user()];
      await end(user, await signInTo(server, client, user));
      await arrived(n + 1);
      expect(decodeJwt(app.received[n]?.body.get('logout_token') ?? '')).toMatchObject({
        sub: user.id,
        aud: client.clientId,
      });
    }
    const [client, user] = [await register(), await server.user()];
    await signInTo(server, client, user);
    const other = await signInElsewhere(server, user);
    await changeAccount(other, await other.get('/account'), 'sessions', {});
    await arrived(ways.length + 1);
  });

  it('no logout token is sent without openid, for another session, to a disabled client or without a URI', async () => {
    const user = await server.user();
    const [plain, off, silent, elsewhere] = [
      await register(),
      await register(),
      await server.client(),
      await register(),
    ];
    const { browser } = await signInTo(server, off, user);
    await signInTo(server, plain, user, browser, 'read');
    await signInTo(server, silent, user, browser);
    await signInTo(server, elsewhere, user);
    await server.database.em().execute('UPDATE clients SET disabled = true WHERE client_id = ?', [off.clientId]);
    await browser.submit(await browser.get('/logout'));
    expect([await waiting(), app.received.length]).toEqual([0, 0]);
  });
});

describe('Back-Channel Logout §2.5: failed deliveries', () => {
  it('any node retries a failed delivery at growing intervals until it succeeds', async () => {
    const { browser } = await signInTo(server, await register(), await server.user());
    app.respondWith(503);
    await browser.submit(await browser.get('/logout'));
    await arrived();
    const node = anotherNode(5);
    node.deliver();
    await node.stop();
    expect(app.received).toHaveLength(1);

    const next = anotherNode(20);
    next.deliver();
    await arrived(2);
    app.respondWith(200);
    next.advanceTo(100);
    next.deliver();
    await delivered();
    expect(app.received).toHaveLength(3);
    const ids = app.received.map(({ body }) => decodeJwt(body.get('logout_token') ?? '').jti);
    expect(new Set(ids).size).toBe(3);
    expect(next.lines.join('')).toContain('"status":503');
    await next.stop();
  });

  it('a delivery is given up after a day and deleted', async () => {
    const { browser } = await signInTo(server, await register(), await server.user());
    app.respondWith(500);
    await browser.submit(await browser.get('/logout'));
    await arrived();
    const node = anotherNode(86_500);
    node.deliver();
    await node.stop();
    expect([app.received.length, await waiting()]).toEqual([1, 1]);
  });

  it('only one of two nodes sends a delivery that both find at the same time', async () => {
    const { browser } = await signInTo(server, await register(), await server.user());
    app.respondWith(500);
    await browser.submit(await browser.get('/logout'));
    await arrived();
    app.respondWith(200);
    const nodes = [anotherNode(30), anotherNode(30), anotherNode(30)];
    for (const node of nodes) node.deliver();
    await delivered();
    await Promise.all(nodes.map((node) => node.stop()));
    expect(app.received).toHaveLength(2);
  });

  it('signing out does not wait for the delivery', async () => {
    const [client, user] = [
      await register({ backchannelLogoutUri: 'http://127.0.0.1:9/nobody-listens' }),
      await server.user(),
    ];
    const { browser } = await signInTo(server, client, user);
    const page = await browser.submit(await browser.get('/logout'));
    expect(page.status).toBe(200);
    await vi.waitFor(() => expect(server.log.join('')).toContain('back-channel logout failed'));
    expect(server.log.join('')).not.toContain('eyJ');
    expect(await waiting()).toBe(1);
  });
});
