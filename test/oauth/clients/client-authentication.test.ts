import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { requestRaw } from '../../support/raw-http.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { read, type TestResponse } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await sharedServer();
});
afterAll(() => server.close());

const GRANT = { grant_type: 'client_credentials' };

/** Requests a client_credentials token with exactly that header and those parameters. */
async function requestToken(
  authorization: string | undefined,
  more: Record<string, string> = {},
): Promise<TestResponse> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const body = new URLSearchParams({ ...GRANT, ...more });
  return read(await server.request('/oauth/token', { method: 'POST', headers, body }));
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

/** The response time in milliseconds. */
async function timed(client: TestClient): Promise<number> {
  const from = performance.now();
  await server.token(GRANT, client);
  return performance.now() - from;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const refuse = (status: number, error: string, authorization: string | undefined, more: Record<string, string> = {}) =>
  expectNothingWritten(server, async () => expectTokenError(await requestToken(authorization, more), status, error));

describe('RFC 6749 §5.2: invalid_client', () => {
  it('E76: with Basic an unknown client and a wrong secret get the same response', async () => {
    const { clientId, secret } = await server.client();
    const wrong = [
      `nobody:${secret}`,
      `${clientId}:wrong`,
      `${clientId}:${secret}x`,
      `${clientId.toLowerCase()}:${secret}`,
    ];
    const bodies: unknown[] = [];
    for (const text of [
      ...wrong,
      `${clientId}:`,
      `:${secret}`,
      ':',
      `${clientId}\0:${secret}`,
      `${clientId}:${secret}\0`,
    ]) {
      const { body } = await expectNothingWritten(server, async () => {
        const response = await requestToken(basic(text));
        expectTokenError(response, 401, 'invalid_client');
        return response;
      });
      bodies.push(body);
    }
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  });

  it('E76: an unknown client and a wrong secret take the same time', async () => {
    const { clientId, secret } = await server.client();
    const wrong = secret.replace('gcs_', 'xxx_');
    const known = () => timed({ clientId, secret: wrong });
    const unknown = () => timed({ clientId: 'x'.repeat(clientId.length), secret: wrong });
    // A busy machine may disturb some rounds, but a real difference would appear in every round.
    let same = false;
    for (let round = 0; round < 6 && !same; round++) {
      const pairs: [known: number, unknown: number][] = [];
      for (let index = 0; index < 60; index++) {
        pairs.push([await known(), await unknown()]);
        const later = await unknown();
        pairs.push([await known(), later]);
      }
      const slower = pairs.filter(([one, other]) => one > other).length / pairs.length;
      const ratio = median(pairs.map(([one]) => one)) / median(pairs.map(([, other]) => other));
      same = Math.abs(ratio - 1) < 0.05 || Math.abs(slower - 0.5) < 0.1;
    }
    expect(same).toBe(true);
  });

  it('E77: wrong or missing credentials in the body are invalid_client', async () => {
    const { clientId, secret } = await server.client();
    await refuse(401, 'invalid_client', undefined, { client_id: 'nobody', client_secret: secret });
    await refuse(401, 'invalid_client', undefined, { client_id: clientId, client_secret: 'wrong' });
    await refuse(401, 'invalid_client', undefined, { client_id: clientId, client_secret: `${secret}\0` });
    await refuse(401, 'invalid_client', undefined, { client_id: `${clientId}\0`, client_secret: secret });
    await refuse(401, 'invalid_client', undefined, { client_id: clientId, client_secret: 'é'.repeat(5000) });
    await refuse(401, 'invalid_client', undefined, { client_id: clientId });
    await refuse(401, 'invalid_client', undefined, { client_id: clientId, client_secret: '' });
    await refuse(401, 'invalid_client', undefined, { client_secret: secret });
    await refuse(401, 'invalid_client', undefined);
    expect((await requestToken(undefined, { client_id: clientId, client_secret: secret })).status).toBe(200);
  });

  it('E77: the secret of another client and the secret of a disabled client are rejected', async () => {
    const [one, other] = [await server.client(), await server.client()];
    await refuse(401, 'invalid_client', basic(`${one.clientId}:${other.secret}`));
    await server.database.em().execute('UPDATE clients SET disabled = true WHERE client_id = ?', [one.clientId]);
    await refuse(401, 'invalid_client', basic(`${one.clientId}:${one.secret}`));
  });

  it('another scheme than Basic is not client authentication', async () => {
    const { clientId, secret } = await server.client();
    const text = Buffer.from(`${clientId}:${secret}`).toString('base64');
    for (const scheme of ['Bearer', 'Digest', 'Basics', 'Negotiate'])
      await refuse(401, 'invalid_client', `${scheme} ${text}`);
  });
});

describe('RFC 6749 §2.3: one method per request', () => {
  it('E79: Basic together with a secret in the body is invalid_request, whether they are equal, right or wrong', async () => {
    const { clientId, secret } = await server.client();
    const header = basic(`${clientId}:${secret}`);
    await refuse(400, 'invalid_request', header, { client_id: clientId, client_secret: secret });
    await refuse(400, 'invalid_request', header, { client_secret: secret });
    await refuse(400, 'invalid_request', header, { client_id: clientId, client_secret: 'wrong' });
    await refuse(400, 'invalid_request', basic(`${clientId}:wrong`), { client_id: clientId, client_secret: secret });
    await refuse(400, 'invalid_request', basic(`${clientId}:`), { client_secret: secret });
  });

  it('E80: a client_id in the body that differs from the header is invalid_request', async () => {
    const { clientId, secret } = await server.client();
    const header = basic(`${clientId}:${secret}`);
    await refuse(400, 'invalid_request', header, { client_id: (await server.client()).clientId });
    await refuse(400, 'invalid_request', header, { client_id: 'nobody' });
    expect((await requestToken(header, { client_id: clientId })).status).toBe(200);
    expect((await requestToken(header, { client_id: '' })).status).toBe(200);
  });

  it('two correct Authorization headers are rejected', async () => {
    const { clientId, secret } = await server.client();
    const body = new URLSearchParams(GRANT).toString();
    const header = `Authorization: ${basic(`${clientId}:${secret}`)}`;
    const lines = [
      'POST /oauth/token HTTP/1.1',
      `Host: ${new URL(server.config.issuer).host}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    const { status, headers, body: text } = await requestRaw(server.url, [...lines, header, header], body);
    expectTokenError({ status, headers, body: JSON.parse(text) }, 400, 'invalid_request');
    expect((await requestRaw(server.url, [...lines, header], body)).status).toBe(200);
  });

  it('E85: a public client that sends a secret is rejected', async () => {
    const { clientId } = await server.client({
      tokenEndpointAuthMethod: 'none',
      requirePkce: true,
      grantTypes: ['authorization_code'],
    });
    await refuse(401, 'invalid_client', undefined, { client_id: clientId, client_secret: 'anything' });
    await refuse(401, 'invalid_client', basic(`${clientId}:anything`));
    await refuse(400, 'unauthorized_client', undefined, { client_id: clientId });
    await refuse(400, 'unauthorized_client', basic(`${clientId}:`));
  });
});
