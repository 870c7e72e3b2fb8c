import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeRequest, responseParams, sentTo, signIn } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { introspect, postForm, revoke } from '../support/client-endpoints.ts';
import { finish, startServerProcess } from '../support/process.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { exchange, refreshing } from '../support/token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ RATE_LIMITS: 'off' });
});
afterAll(() => server.close());

describe('RFC 9700 §4.3, §4.2.4: URLs in histories and access logs', () => {
  it('P293: no URL of Gatehouse and no log line contains a token, code, secret, password, cookie or CSRF token', async () => {
    const urls: string[] = [];
    const browser = new Browser(server.config.issuer, async (path, init) => {
      urls.push(path);
      const response = await server.request(path, init);
      const location = response.headers.get('Location') ?? '';
      if (new URL(location, server.config.issuer).origin === server.config.issuer) urls.push(location);
      return response;
    });
    const [client, user] = [await server.client(), await server.user({ password: 'a password to look for' })];
    const login = await browser.get(codeRequest(client));
    const before = [...browser.cookies.values()];
    const consent = await signIn(browser, login, user);
    const { code = '' } = responseParams(sentTo(await browser.submit(consent, {}, 'allow')));
    const { body: first } = await server.token(exchange(code), client);
    const { body: second } = await server.token(refreshing(first.refresh_token), client);
    await introspect(server, second.access_token, client);
    await server.graphql('{ viewer { sub } }', second.access_token);
    await revoke(server, second.refresh_token, client);
    const csrf = [login, consent].flatMap(({ forms }) => forms.flatMap(({ fields }) => fields.get('csrf') ?? []));
    await browser.submit(await browser.get('/logout'));

    const secrets = [
      ...[code, client.secret, user.password, ...csrf, ...before, ...browser.cookies.values()],
      ...[first, second].flatMap((pair) => [pair.access_token, pair.refresh_token]),
    ];
    expect(secrets.length).toBeGreaterThan(9);
    const seen = urls.join('\n') + server.log.join('\n');
    expect(seen).toContain('/oauth/authorize?');
    expect(seen).toContain('/oauth/token');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(15);
      for (const form of [secret, encodeURIComponent(secret)]) expect(seen).not.toContain(form);
    }
  });

  it('P293: what a client puts into the query all the same is not read there, and not logged', async () => {
    const client = await server.client();
    const query = `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${client.secret}`;
    for (const path of ['/oauth/token', '/oauth/introspect', '/oauth/revoke']) {
      const { status } = await postForm(server, `${path}?token=x&${query}`, {});
      expect([400, 401]).toContain(status);
    }
    expect((await server.request(`/graphql?access_token=${client.secret}`, { method: 'POST' })).status).toBe(400);
    expect(server.log.join('')).not.toContain(client.secret);
  });
});

describe('ASVS 5 §13.4.2: access to the memory of the process', () => {
  it('P289: a server with an inspector in NODE_OPTIONS does not start in production', async () => {
    const env = { NODE_ENV: 'production', NODE_OPTIONS: '--inspect=127.0.0.1:0', DATA_DIR: '/nonexistent/never/made' };
    const { code, stdout, stderr } = await finish(startServerProcess(env));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('The Node.js inspector is enabled');
  });
});
