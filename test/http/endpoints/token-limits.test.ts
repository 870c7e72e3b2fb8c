import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../../support/fixtures.ts';
import { expectTokenError } from '../../support/invariants.ts';
import { type RawResponse, requestRaw, sendRaw } from '../../support/raw-http.ts';
import { expectNothingWritten } from '../../support/refusals.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
let client: TestClient;
beforeAll(async () => {
  server = await startServer();
  client = await server.client();
});
afterAll(() => server.close());

const FORM = 'application/x-www-form-urlencoded';
const GOOD = 'grant_type=client_credentials';
const LIMIT = 32 * 1024;

const padded = (length: number): string => `${GOOD}&pad=`.padEnd(length, 'x');
const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

const tokenLines = (): string[] => [
  'POST /oauth/token HTTP/1.1',
  `Host: ${new URL(server.config.issuer).host}`,
  `Authorization: Basic ${btoa(`${client.clientId}:${client.secret}`)}`,
  `Content-Type: ${FORM}`,
];

/** The response to a token request with these additional lines. */
async function raw(lines: readonly string[], body: string): Promise<RawResponse & { readonly json: unknown }> {
  const answer = await requestRaw(server.url, [...tokenLines(), ...lines], body);
  const isJson = answer.headers.get('Content-Type')?.includes('json');
  return { ...answer, json: isJson ? JSON.parse(answer.body) : undefined };
}

describe('The size of requests to the token endpoint', () => {
  it('E94: a body of 32 KB is read; one more byte gets 413 and closes the connection', async () => {
    expect((await server.token(new URLSearchParams(padded(LIMIT)), client)).status).toBe(200);
    for (const length of [LIMIT + 1, 200_000, 3_000_000]) {
      const answer = await server.token(new URLSearchParams(padded(length)), client);
      expectTokenError(answer, 413, 'invalid_request');
      expect(answer.headers.get('Connection')).toBe('close');
    }
  });

  it('E94: the limit also applies to a body sent in chunks', async () => {
    const lines = ['Transfer-Encoding: chunked', 'Connection: close'];
    expect((await raw(lines, chunked(padded(LIMIT)))).status).toBe(200);
    const answer = await raw(lines, chunked(padded(LIMIT + 1)));
    expect(answer).toMatchObject({ status: 413, json: { error: 'invalid_request' } });
    expect(answer.headers.get('Connection')).toBe('close');
  });

  it('E94: a wrong Content-Length never leads to a token', async () => {
    await expectNothingWritten(server, async () => {
      for (const length of ['-1', '1e3', '0x10', '99999999999999999999', `${GOOD.length}, 3`, ' '])
        expect((await raw([`Content-Length: ${length}`, 'Connection: close'], GOOD)).status).toBeOneOf([400, 413]);
      const twice = [`Content-Length: ${GOOD.length}`, 'Content-Length: 3', 'Connection: close'];
      expect((await raw(twice, GOOD)).status).toBe(400);
      const both = [`Content-Length: ${GOOD.length}`, 'Transfer-Encoding: chunked', 'Connection: close'];
      expect((await raw(both, chunked(GOOD))).status).toBe(400);
      // With a length that is too short, the value is cut off and the rest is not a request.
      expect((await raw([`Content-Length: ${GOOD.length - 1}`, 'Connection: close'], GOOD)).status).toBe(400);
      // With a length that is too long, the server waits for the rest and sends nothing.
      const lines = [...tokenLines(), `Content-Length: ${GOOD.length + 1}`];
      expect(await sendRaw(server.url, `${lines.join('\r\n')}\r\n\r\n${GOOD}`, 300)).toBe('');
    });
    expect((await server.request('/healthz')).status).toBe(200);
    expect(server.log.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});
