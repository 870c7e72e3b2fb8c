import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanResponse } from '../support/invariants.ts';
import { parseResponses, requestRaw, sendRaw } from '../support/raw-http.ts';
import { expectNothingWritten } from '../support/refusals.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let own: string;
beforeAll(async () => {
  server = await startServer();
  own = `Host: localhost:${server.config.port}`;
});
afterAll(() => server.close());

const FORM = 'Content-Type: application/x-www-form-urlencoded';
const lines = (count: number): string[] => Array.from({ length: count }, (_, at) => `x-${at}: y`);

/** Checks that the same server still responds. */
const expectAlive = async () => expect((await server.request('/readyz')).status).toBe(200);

describe('RFC 9112: data that is not a valid request', () => {
  it.each<[string, () => string[], number]>([
    ['L230: a header line of 17 KB', () => ['GET / HTTP/1.1', own, `X: ${'x'.repeat(17_000)}`], 431],
    ['L230: a target of 20 KB', () => [`GET /${'x'.repeat(20_000)} HTTP/1.1`, own], 431],
    ['L230: 3 000 headers', () => ['GET / HTTP/1.1', own, ...lines(3000)], 431],
    ['L230: a cookie of 17 KB', () => ['GET / HTTP/1.1', own, `Cookie: a=${'x'.repeat(17_000)}`], 431],
    ['L235: FOO', () => ['FOO /login HTTP/1.1', own], 400],
    ['L235: an empty method', () => [' /login HTTP/1.1', own], 400],
    ['a target that is not a path', () => ['GET \\login HTTP/1.1', own], 400],
    ['a target with bytes beyond ASCII', () => ['GET /login?request=\xe9 HTTP/1.1', own], 400],
    ['unencrypted HTTP/2', () => ['PRI * HTTP/2.0', '', 'SM'], 400],
    ['HTTP/9.9', () => ['GET / HTTP/9.9', own], 400],
    ['a header without a colon', () => ['GET / HTTP/1.1', own, 'nonsense'], 400],
    ['a header with NUL', () => ['GET / HTTP/1.1', own, 'X: a\0b'], 400],
    ['a folded header', () => ['GET / HTTP/1.1', own, 'X: a', ' b: c'], 400],
    ['a space before the colon', () => ['GET / HTTP/1.1', own, 'X : a'], 400],
    ['TLS', () => ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], 400],
    ['E94: two lengths', () => ['POST /login HTTP/1.1', own, FORM, 'Content-Length: 1', 'Content-Length: 2'], 400],
    ['E94: an invalid length', () => ['POST /login HTTP/1.1', own, FORM, 'Content-Length: -1'], 400],
    [
      'E94: chunks and a length',
      () => [...['POST /login HTTP/1.1', own, FORM], 'Content-Length: 3', 'Transfer-Encoding: chunked'],
      400,
    ],
    ['E94: data after the last chunk', () => ['POST /login HTTP/1.1', own, FORM, 'Transfer-Encoding: chunked, x'], 400],
  ])('%s is refused with the headers of every response, and the connection is closed', async (_, request, status) => {
    const answer = await expectNothingWritten(server, () => requestRaw(server.url, request()));
    expectCleanResponse(answer, answer.body);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      connection: 'close',
      'cache-control': 'no-store',
      'content-type': 'text/plain; charset=utf-8',
      'referrer-policy': 'same-origin',
    });
    await expectAlive();
  });

  it('L235: CONNECT closes the connection', async () => {
    expect(await sendRaw(server.url, `CONNECT evil.example:443 HTTP/1.1\r\n${own}\r\n\r\n`)).toBe('');
    await expectAlive();
  });

  it('a broken chunk closes the connection of a request that has started', async () => {
    const head = ['POST /oauth/token HTTP/1.1', own, FORM, 'Transfer-Encoding: chunked'];
    const answer = await expectNothingWritten(server, () => requestRaw(server.url, head, 'zz\r\nhello\r\n0\r\n\r\n'));
    expectCleanResponse(answer, answer.body);
    expect(answer.status).toBe(400);
    await expectAlive();
  });

  it('a dropped connection affects no other request and is not logged as an error', async () => {
    const from = server.log.length;
    const head = `POST /oauth/token HTTP/1.1\r\n${own}\r\n${FORM}\r\nContent-Length: 1000\r\n\r\ngrant_`;
    await Promise.all(Array.from({ length: 50 }, () => sendRaw(server.url, head, 20)));
    await expectAlive();
    expect(server.log.slice(from).filter((line) => /"level":[56]0/.test(line))).toEqual([]);
  });
});

describe('Unusual but valid requests', () => {
  const close = 'Connection: close';

  it.each<[string, () => string[]]>([
    [
      'L239: headers named __proto__ and constructor',
      () => ['__proto__: a', 'constructor: b', '__proto__: c', 'toString: d'],
    ],
    ['L239: a hundred times the same header', () => Array.from({ length: 100 }, () => 'X-Same: y')],
    ['L239: a hundred cookies', () => Array.from({ length: 100 }, (_, at) => `Cookie: c${at}=__proto__`)],
    ['L239: 900 headers', () => lines(900)],
    ['an unknown expectation', () => ['Expect: tea']],
    ['an unsupported upgrade', () => ['Connection: upgrade', 'Upgrade: websocket']],
    ['a header in Latin-1', () => ['X: \xe9\xff']],
  ])('%s: the request is accepted', async (_, more) => {
    const answer = await requestRaw(server.url, ['GET /login HTTP/1.1', own, ...more(), close]);
    expectCleanResponse(answer, answer.body);
    expect(answer.status).toBe(200);
    await expectAlive();
  });

  it('L241: a hundred pipelined requests on one connection get their responses in order', async () => {
    const requests = [
      { request: `GET /healthz HTTP/1.1\r\n${own}\r\n\r\n`, status: 200 },
      { request: `GET /nowhere HTTP/1.1\r\n${own}\r\n\r\n`, status: 404 },
      {
        request: `POST /oauth/token HTTP/1.1\r\n${own}\r\n${FORM}\r\nContent-Length: 12\r\n\r\ngrant_type=x`,
        status: 400,
      },
      { request: `OPTIONS /login HTTP/1.1\r\n${own}\r\n\r\n`, status: 204 },
      { request: `GET /login HTTP/1.1\r\n${own}\r\n\r\n`, status: 200 },
      { request: `DELETE /login HTTP/1.1\r\n${own}\r\n\r\n`, status: 405 },
      { request: `GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n`, status: 421 },
    ];
    const sent = Array.from({ length: 100 }, (_, at) => requests[(at * at + at) % requests.length]!);
    const last = `GET /healthz HTTP/1.1\r\n${own}\r\n${close}\r\n\r\n`;
    const answers = parseResponses(await sendRaw(server.url, sent.map(({ request }) => request).join('') + last));
    expect(answers.pop()?.status).toBe(200);
    expect(answers.map(({ status }) => status)).toEqual(sent.map(({ status }) => status));
    for (const answer of answers) expectCleanResponse(answer, answer.body);
    expect(new Set(answers.map(({ headers }) => headers.get('X-Request-Id'))).size).toBe(100);
  });

  it('L241: an invalid pipelined request is refused, and later ones get no response', async () => {
    const good = `GET /healthz HTTP/1.1\r\n${own}\r\n\r\n`;
    const answers = parseResponses(await sendRaw(server.url, `${good}FOO / HTTP/1.1\r\n${own}\r\n\r\n${good}`));
    expect(answers.length).toBeLessThanOrEqual(2);
    expect(answers.at(-1)?.status).toBe(400);
    await expectAlive();
  });

  it('E94: limits apply to each request of a connection', async () => {
    const post = (size: number) =>
      `POST /login HTTP/1.1\r\n${own}\r\n${FORM}\r\nContent-Length: ${size}\r\n\r\n${'a'.repeat(size)}`;
    const answers = parseResponses(await sendRaw(server.url, post(30_000) + post(30_000) + post(33_000) + post(10)));
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 413]);
    expect(answers.at(-1)?.headers.get('Connection')).toBe('close');
  });
});
