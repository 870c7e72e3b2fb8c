import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanResponse } from '../../support/invariants.ts';
import { read } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { rowCounts } from '../row-counts.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await sharedServer();
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(() => server?.close());

const send = async (body: string | Buffer | FormData, headers: Record<string, string> = {}) => {
  const type = body instanceof FormData ? {} : { 'Content-Type': 'application/json' };
  const content = Buffer.isBuffer(body) ? new Uint8Array(body) : body;
  const authorized = { ...type, Authorization: `Bearer ${token}`, ...headers };
  return read(await server.request('/graphql', { method: 'POST', headers: authorized, body: content }));
};

async function expectRefused(response: Awaited<ReturnType<typeof send>>, status: number): Promise<void> {
  expectCleanResponse(response, response.body);
  expect(response.status).toBe(status);
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
  expect(response.body.errors[0].message).toEqual(expect.any(String));
  expect(response.body).not.toHaveProperty('data');
}

const json = (value: unknown) => send(JSON.stringify(value));
const CREATE = 'mutation { createScope(input: {name: "by:form", description: "By a form"}) { errors { code } } }';

describe('Requests to POST /graphql', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])('K208 the method %s gets 405 with an Allow header', async (method) => {
    const { status, headers } = await server.request('/graphql', {
      method,
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(status).toBe(405);
    expect(headers.get('Allow')).toBe('GET, HEAD, POST');
  });

  it('K209 K220 forms, multipart bodies and plain documents are refused', async () => {
    const before = await rowCounts(server.database);
    const form = new FormData();
    form.append('operations', JSON.stringify({ query: CREATE }));
    form.append('map', '{}');
    await expectRefused(await send(form), 415);
    await expectRefused(await send('--x', { 'Content-Type': 'multipart/form-data' }), 415);
    await expectRefused(
      await send(`query=${encodeURIComponent(CREATE)}`, { 'Content-Type': 'application/x-www-form-urlencoded' }),
      415,
    );
    for (const type of [
      'application/graphql',
      'text/plain',
      'application/jsonx',
      'application/json; charset=utf-16',
      '',
    ])
      await expectRefused(
        await send(type.startsWith('application/g') ? CREATE : JSON.stringify({ query: CREATE }), {
          'Content-Type': type,
        }),
        415,
      );
    expect(await rowCounts(server.database)).toEqual(before);
  });

  it('the media type may have charset=utf-8', async () => {
    const body = JSON.stringify({ query: '{ viewer { sub } }' });
    expect((await send(body, { 'Content-Type': 'Application/JSON; charset=UTF-8' })).status).toBe(200);
  });

  it('K203 batches are refused', async () => {
    const response = await json([{ query: '{ viewer { sub } }' }, { query: '{ viewer { sub } }' }]);
    await expectRefused(response, 400);
    expect(response.body.errors[0].message).toBe('Batching is not supported');
  });

  it.each([
    '',
    '{',
    'null',
    '1',
    '"x"',
    '[]',
    '{}',
    '{"query":1}',
    '{"query":null}',
    '{"query":""}',
    '{"query":"{ viewer { sub } }","variables":[]}',
    '{"query":"{ viewer { sub } }","variables":"x"}',
    '{"query":"{ viewer { sub } }","extensions":1}',
    '{"query":"{ viewer { sub } }","operationName":1}',
    '\ufeff\ufeff{}',
  ])('K212 the body %j gets 400', async (body) => {
    await expectRefused(await send(body), 400);
  });

  it('invalid UTF-8 and compressed bodies are refused', async () => {
    await expectRefused(await send(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 400);
    await expectRefused(await send('{}', { 'Content-Encoding': 'gzip' }), 415);
  });

  it('a body of more than 100 KB gets 413', async () => {
    await expectRefused(await json({ query: '{ viewer { sub } }', variables: { x: 'x'.repeat(100 * 1024) } }), 413);
  });

  it('K214 NUL characters and lone surrogates are refused in every position', async () => {
    const query = 'query($c: String!) { client(clientId: $c) { id } }';
    const bad = [
      '{"query":"QUERY","variables":{"c":"a\\u0000b"}}',
      '{"query":"QUERY","variables":{"c":"\\ud800"}}',
      '{"query":"QUERY","variables":{"\\udfff":"x"}}',
      '{"query":"{ client(clientId: \\"a\\\\u0000\\") { id } }"}',
      '{"query":"{ client(clientId: \\"a\\\\u{0}\\") { id } }"}',
      '{"query":"{ client(clientId: \\"\\u0000\\") { id } }"}',
      '{"query":"{ client(clientId: \\"\\\\ud800\\") { id } }"}',
    ];
    for (const body of bad) await expectRefused(await send(body.replace('QUERY', query)), 400);
    const blamed = await send(bad[0]!.replace('QUERY', query));
    expect(blamed.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  it('an error about a missing field does not repeat the input, which may contain a password', async () => {
    const secret = 'a password nobody has';
    const declared = 'mutation M($input: SetPasswordInput!) { setPassword(input: $input) { errors { code } } }';
    const written = `mutation { setPassword(input: {password: "${secret}"}) { errors { code } } }`;
    for (const [query, variables] of [
      [declared, { input: { password: secret } }],
      [declared, { input: { id: 'usr_x', password: secret, wrong: 1 } }],
      [declared, { input: [{ password: secret }] }],
      [written, {}],
    ] as const) {
      const response = await json({ query, variables });
      await expectRefused(response, 400);
      expect(JSON.stringify(response.body)).not.toContain(secret);
    }
  });

  it('K217 the keys __proto__ and constructor cannot change prototypes', async () => {
    await expectRefused(await send('{"query":"{ viewer { sub } }","variables":{"__proto__":{"admin":true}}}'), 400);
    const response = await send(
      '{"query":"{ viewer { sub } }","variables":{"constructor":{"prototype":{"admin":true}}}}',
    );
    expect(response.status).toBe(200);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('K218 a deeply nested body is refused quickly, and a wide one is accepted', async () => {
    const deep = `{"query":"{ viewer { sub } }","variables":{"x":${'['.repeat(40_000)}${']'.repeat(40_000)}}}`;
    const wide = `{"query":"{ viewer { sub } }","variables":{${Array.from({ length: 8000 }, (_, at) => `"${at}":0`).join(',')}}}`;
    const started = process.hrtime.bigint();
    await expectRefused(await send(deep), 400);
    expect((await send(wide)).status).toBe(200);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(3000);
    expect((await send('{"query":"{ viewer { sub } }","query":"{ viewer { sub } }"}')).status).toBe(200);
  });

  it('K211 a foreign origin gets no CORS headers', async () => {
    const response = await send(JSON.stringify({ query: '{ viewer { sub } }' }), { Origin: 'https://evil.example' });
    expect(response.status).toBe(200);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(response.headers.get('Access-Control-Allow-Credentials')).toBeNull();
  });

  it('a request that accepts no supported media type gets 406', async () => {
    const response = await send(JSON.stringify({ query: '{ viewer { sub } }' }), { Accept: 'text/html' });
    expect(response.status).toBe(406);
  });
});
