import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest, reachConsent, responseParams, sentTo } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { emptyDatabase, type TestDatabase } from '../support/database.ts';
import { gatehouse } from '../support/process.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { whoIs } from '../support/sessions.ts';
import { bearerStatus, eventsOf, exchange, refreshing, tokenPair } from '../support/token-forms.ts';

const [A, B] = ['the key of yesterday '.repeat(2), 'the key of tomorrow! '.repeat(2)];

let home: TestDatabase;
let server: TestServer;
beforeAll(async () => {
  home = await emptyDatabase();
  await restart(A);
});
afterAll(async () => {
  await server?.close();
  await home.remove();
});

/** Restarts the node with another key. The issuer stays the same, even if the port changes. */
async function restart(SECRET_KEY: string): Promise<void> {
  await server?.close();
  server = await startServer({ SECRET_KEY, ISSUER: 'http://localhost:4400', REFRESH_GRACE: '300' }, home);
}

const newBrowser = (): Browser => new Browser('http://localhost:4400', (path, init) => server.request(path, init));

describe('O283: SECRET_KEY is rotated', () => {
  it('with SECRET_KEY=b,a all tokens, codes, lost responses, forms and sessions of the key a remain valid', async () => {
    const [client, user] = [await server.client(), await server.user()];
    const [signedIn, deciding] = [newBrowser(), newBrowser()];
    const { code = '' } = responseParams(sentTo(await allowAll(signedIn)));
    const consent = await reachConsent(server, codeRequest(client, { scope: 'read' }), await server.user(), deciding);
    const login = newBrowser();
    const form = await login.get('/login');
    const pair = await tokenPair(server, client);
    const rotated = await tokenPair(server, client);
    const { body: lost } = await server.token(refreshing(rotated.refresh_token), client);

    await restart(`${B},${A}`);
    expect(await bearerStatus(server, pair.access_token)).toBe(200);
    expect((await server.token(refreshing(pair.refresh_token), client)).status).toBe(200);
    const { body: again } = await server.token(refreshing(rotated.refresh_token), client);
    expect([again.access_token, again.refresh_token]).toEqual([lost.access_token, lost.refresh_token]);
    expect((await server.token(refreshing(again.refresh_token), client)).status).toBe(200);
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
    expect((await server.token(exchange(code), client)).status).toBe(200);
    expect(await whoIs(signedIn)).toBe(user.username);
    const decided = responseParams(sentTo(await deciding.submit(consent, {}, 'allow')));
    expect((await server.token(exchange(decided.code ?? ''), client)).status).toBe(200);
    await login.submit(form, { username: user.username, password: user.password });
    expect(await whoIs(login)).toBe(user.username);

    async function allowAll(browser: Browser) {
      return browser.submit(await reachConsent(server, codeRequest(client), user, browser), {}, 'allow');
    }
  });

  it('once the old key is removed, its forms and lost responses are rejected without being treated as theft', async () => {
    const [client, browser] = [await server.client(), newBrowser()];
    const user = await server.user();
    await restart(B);
    const form = await browser.get('/login');
    const first = await tokenPair(server, client);
    const { body: lost } = await server.token(refreshing(first.refresh_token), client);

    await server.close();
    const refused = await gatehouse(['sweep'], { ...home.env, SECRET_KEY: A });
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('SECRET_KEY is not the key this database was made with');
    expect(refused.stderr).toContain('set SECRET_KEY to the new key, a comma, and the old key');
    for (const key of [A, B]) expect(refused.stderr).not.toContain(key.trim());

    await restart(`${A},${B}`);
    await restart(A);
    expect((await browser.submit(form, { username: user.username, password: user.password })).status).toBe(403);
    const response = await server.token(refreshing(first.refresh_token), client);
    expect(response.body.error).toBe('invalid_grant');
    expect(await eventsOf(server, 'refresh_token.replayed', client)).toEqual([]);
    expect((await server.token(refreshing(lost.refresh_token), client)).status).toBe(200);
  });
});

describe('O283: SECRET_KEY is replaced without the old key', () => {
  it('the node refuses to start, explains how to rotate the key, and changes nothing', async () => {
    const mine = await emptyDatabase();
    try {
      await (await startServer({ SECRET_KEY: A }, mine)).close();
      await expect(startServer({ SECRET_KEY: B }, mine)).rejects.toThrow(
        /^SECRET_KEY is not the key this database was made with.*set SECRET_KEY to the new key, a comma, and the old key/,
      );
      await (await startServer({ SECRET_KEY: A }, mine)).close();
    } finally {
      await mine.remove();
    }
  });
});
