import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { type RawResponse, requestRaw } from '../../support/raw-http.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { read, type TestResponse } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await sharedServer();
  client = await server.client();
});
afterAll(() => server.close());

const FORM = 'application/x-www-form-urlencoded';
const GOOD = 'grant_type=client_credentials';

const basic = ({ clientId, secret }: TestClient): string => `Basic ${btoa(`${clientId}:${secret}`)}`;

/** A string body is sent without a Content-Type unless `type` is given. */
async function post(body: string | FormData, type?: string): Promise<TestResponse> {
  const content = typeof body === 'string' ? new Uint8Array(Buffer.from(body)) : body;
  const headers = { Authorization: basic(client), ...(type === undefined ? {} : { 'Content-Type': type }) };
  return read(await server.request('/oauth/token', { method: 'POST', body: content, headers }));
}

const refuse = (status: number, error: string, work: () => Promise<TestResponse>) =>
  expectNothingWritten(server, async () => expectTokenError(await work(), status, error));

/** The response to a token request with these additional header lines. */
async function raw(lines: readonly string[], body: string): Promise<RawResponse & { readonly json: unknown }> {
  const host = `Host: ${new URL(server.config.issuer).host}`;
  const common = ['POST /oauth/token HTTP/1.1', host, `Authorization: ${basic(client)}`, `Content-Type: ${FORM}`];
  const answer = await requestRaw(server.url, [...common, ...lines], body);
  const isJson = answer.headers.get('Content-Type')?.includes('json');
  return { ...answer, json: isJson ? JSON.parse(answer.body) : undefined };
}

describe('RFC 6749 §3.2: the method', () => {
  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'TRACE'])(
    'E70: %s gets 405 with Allow, and the response is not stored',
    async (method) => {
      const path = `/oauth/token?${GOOD}&client_id=${client.clientId}&client_secret=${client.secret}`;
      await expectNothingWritten(server, async () => {
        const answer = await server.request(path, { method });
        expect(answer.status).toBe(405);
        expect(answer.headers.get('Allow')).toBe('POST');
        expect(answer.headers.get('Cache-Control')).toBe('no-store');
      });
    },
  );

  it('E70: parameters in the URL are ignored', async () => {
    const { status } = await read(
      await server.request(`/oauth/token?${GOOD}`, {
        method: 'POST',
        headers: { Authorization: basic(client), 'Content-Type': FORM },
        body: 'x=y',
      }),
    );
    expect(status).toBe(400);
  });
});

describe('RFC 6749 §3.2: the body', () => {
  it.each([
    ['JSON', JSON.stringify({ grant_type: 'client_credentials' }), 'application/json'],
    ['JSON that says it is something else', JSON.stringify({ grant_type: 'client_credentials' }), FORM],
    ['plain text', GOOD, 'text/plain'],
    ['without a Content-Type', GOOD, undefined],
    ['an empty Content-Type', GOOD, ''],
    ['almost the right Content-Type', GOOD, `${FORM}x`],
    ['XML', '<grant_type>client_credentials</grant_type>', 'application/xml'],
    ['multipart without a boundary', GOOD, 'multipart/form-data'],
    [
      'multipart that ends too soon',
      '--x\r\nContent-Disposition: form-data; name="grant_type"\r\n\r\nclient',
      'multipart/form-data; boundary=x',
    ],
    ['multipart of something else', GOOD, 'multipart/form-data; boundary=x'],
    ['not UTF-8', `${GOOD}&scope=%ff`, FORM],
    ['broken percent-encoding', `${GOOD}&scope=%`, FORM],
  ])('E71: %s is invalid_request', async (_, body, type) => refuse(400, 'invalid_request', () => post(body, type)));

  it('E71: a body that is not UTF-8 is invalid_request', async () => {
    const { status, json } = await raw(
      [`Content-Length: ${GOOD.length + 8}`, 'Connection: close'],
      `${GOOD}&scope=\xff`,
    );
    expect([status, json]).toEqual([400, { error: 'invalid_request', error_description: expect.any(String) }]);
  });

  it('E71: a compressed body is refused', async () => {
    const { status, json } = await raw(
      [`Content-Length: ${GOOD.length}`, 'Content-Encoding: gzip', 'Connection: close'],
      GOOD,
    );
    expect([status, json]).toEqual([400, { error: 'invalid_request', error_description: expect.any(String) }]);
  });

  it('E71: multipart without files is read as strictly as urlencoded', async () => {
    const form = (...parts: [string, string | Blob][]) => {
      const multipart = new FormData();
      for (const [name, value] of parts) multipart.append(name, value);
      return multipart;
    };
    const grant = ['grant_type', 'client_credentials'] as const;
    expect((await post(form([...grant]))).status).toBe(200);
    await refuse(400, 'invalid_request', () => post(form([...grant], ['scope', new Blob(['read'])])));
    await refuse(400, 'invalid_request', () => post(form([...grant], [...grant])));
    await refuse(400, 'invalid_request', () => post(form(['grant_type', ''])));
  });

  it('E73: an empty body and one without a grant_type are invalid_request', async () => {
    for (const body of [
      '',
      '&',
      '&&=&',
      'x=y',
      'grant_type',
      'grant_type=',
      'GRANT_TYPE=client_credentials',
      'grant_type[]=client_credentials',
    ])
      await refuse(400, 'invalid_request', () => post(body, FORM));
    await refuse(400, 'invalid_request', () => post(''));
  });

  it.each([
    'implicit',
    'urn:x',
    'Authorization_Code',
    'client_credentials ',
    'client_credentials\0',
    'urn:ietf:params:oauth:grant-type:device_code',
    '__proto__',
    'toString',
    'é',
  ])('E74: grant_type %j is unsupported', async (grant) =>
    refuse(400, 'unsupported_grant_type', () => post(new URLSearchParams({ grant_type: grant }).toString(), FORM)),
  );
});
