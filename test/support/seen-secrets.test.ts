import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeHandle, makeSecret } from '../../src/crypto/secrets.ts';
import { issueCode } from './authorize.ts';
import { dumpOf } from './dump.ts';
import { unique } from './fixtures.ts';
import { keepSecret, secretsIn } from './seen-secrets.ts';
import { sharedServer, startServer, type TestServer } from './server.ts';
import { exchange } from './token-forms.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

describe('P286: the search for secrets after every test', () => {
  it('all sent and received passwords, cookies, handles, codes, tokens and client secrets are registered', async () => {
    const password = unique('a password & more');
    const [client, user, browser] = [await server.client(), await server.user({ password }), server.browser()];
    const page = await browser.get(`/oauth/authorize?response_type=code&client_id=${client.clientId}`);
    const handle = new URL(page.url).searchParams.get('request') ?? '';
    const csrf = page.forms[0]?.fields.get('csrf') ?? '';
    await browser.submit(page, { username: user.username, password });
    const code = await issueCode(server, client, {}, user);
    const { body } = await server.token(exchange(code), client);
    const newPassword = unique('another "password"');
    const mutation = `mutation { setPassword(input: { id: "${user.id}", password: ${JSON.stringify(newPassword)} }) { user { id } } }`;
    await server.graphql(mutation, body.access_token);
    const guess = unique('a wrong secret');
    await server.token(exchange(code, { client_id: client.clientId, client_secret: guess }));
    await server.token(exchange(code), { ...client, secret: `${guess} again` });

    const secrets = [
      ...[password, newPassword, handle, csrf, code, client.secret, guess, `${guess} again`],
      ...[body.access_token, body.refresh_token, ...browser.cookies.values(), ...server.config.secretKeys],
      btoa(`${client.clientId}:${client.secret}`),
    ];
    for (const secret of secrets) expect(secretsIn(`… ${secret} …`)).toContain(secret);
    expect(secretsIn(`${user.username} ${client.clientId} ${user.id} ${server.config.issuer}`)).toEqual([]);
  });

  it.each<[string, (secret: string) => string]>([
    ['as it is', (secret) => secret],
    ['in JSON', (secret) => JSON.stringify({ msg: secret })],
    ['in a row as text', (secret) => `("${secret.replaceAll('"', '""')}")`],
    ['in a URL', (secret) => `/x?y=${encodeURIComponent(secret)}`],
    ['in hex', (secret) => Buffer.from(secret).toString('hex')],
    ['in Base64', (secret) => Buffer.from(secret).toString('base64')],
    ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ])('a secret is found %s', (_how, write) => {
    for (const secret of [makeHandle(), makeSecret('grt'), unique('with "quotes" & ümlauts')]) {
      keepSecret(secret);
      expect(secretsIn(`before ${write(secret)} after`)).toContain(secret);
    }
  });

  it('a token is found even if it is not registered', () => {
    const token = makeSecret('gat');
    expect(secretsIn(`row (${token})`)).toEqual([token]);
  });

  it('a secret is found in any column of any table', async () => {
    const password = unique('in an attribute');
    const user = await server.user({ password, attributes: { note: password } });
    expect(secretsIn(await dumpOf(server.database))).toEqual([password]);
    await server.database.em().execute('DELETE FROM users WHERE username = ?', [user.username]);
    expect(secretsIn(await dumpOf(server.database))).toEqual([]);
  });

  it('a secret in the log fails the test', async () => {
    const other = await startServer();
    const password = unique('in a log');
    await other.user({ password });
    (other.log as string[]).push(`{"msg":"${password}"}\n`);
    await expect(other.close()).rejects.toThrow('1 secrets found in the log');
  });

  it('the search covers the rows that a file wrote to the shared database, not those of earlier files', async () => {
    const [before, after] = [unique('written before'), unique('written after')];
    const earlier = await sharedServer();
    await earlier.user({ attributes: { note: before } });
    await earlier.close();

    const later = await sharedServer();
    keepSecret(before);
    await later.user({ attributes: { note: after }, password: after });
    await expect(later.close()).rejects.toThrow(`1 secrets found in the database: ${after}`);
  });
});
