import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanResponse } from '../../support/invariants.ts';
import { read } from '../../support/send.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';

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

describe('Requests as real clients send them', () => {
  const get = async (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    read(
      await server.request(`/graphql?${new URLSearchParams(parameters)}`, {
        headers: { Authorization: `Bearer ${token}`, ...headers },
      }),
    );

  it('K208 a query can be sent by GET with a bearer header', async () => {
    const query = 'query A($n: Int) { users(first: $n) { nodes { id } } } query B { viewer { sub } }';
    const response = await get({ query, operationName: 'A', variables: '{"n": 1}' });
    expect(response.status).toBe(200);
    expect(response.body.data.users.nodes).toHaveLength(1);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect((await get({ query: '{ viewer { sub } }' }, { Accept: 'text/html, */*' })).body.data.viewer.sub).toMatch(
      /^usr_/,
    );
    const anonymous = await server.request('/graphql?query={__typename}');
    expect(anonymous.status).toBe(401);
  });

  it.each(['mutation { deleteScope(input: {name: "x"}) { errors { code } } }', 'subscription { auditEvent { id } }'])(
    'K208 %j by GET gets 405 with an Allow header',
    async (query) => {
      const response = await get({ query });
      await expectRefused(response, 405);
      expect(response.headers.get('Allow')).toBe('POST');
    },
  );

  it.each([
    { query: '{ viewer' },
    {},
    { query: '{ viewer { sub } }', variables: '{' },
    { query: '{ viewer { sub } }', variables: '[]' },
    { query: '{ viewer { sub } }', access_token: 'x' },
  ])('the GET parameters %j get 400', async (parameters) => {
    await expectRefused(await get(parameters as Record<string, string>), 400);
  });

  it('a request with only the hash of a persisted query makes the client send the query', async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } };
    for (const response of [await json({ extensions }), await get({ extensions: JSON.stringify(extensions) })]) {
      expect(response.status).toBe(200);
      expect(response.body.errors).toEqual([
        { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
      ]);
    }
    expect((await json({ query: '{ viewer { sub } }', extensions })).body.data.viewer.sub).toMatch(/^usr_/);
  });

  it('other members of the body are ignored', async () => {
    expect((await json({ id: 'UserQuery', query: '{ viewer { sub } }', more: [1] })).status).toBe(200);
  });

  it.each(['multipart/mixed', 'multipart/mixed; deferSpec=20220824', 'multipart/mixed, multipart/form-data'])(
    'the Accept header %j gets 406',
    async (accept) => {
      await expectRefused(await send(JSON.stringify({ query: '{ viewer { sub } }' }), { Accept: accept }), 406);
    },
  );
});

describe('Errors', () => {
  it.each([
    [
      'mutation($p: String!) { setPassword(input: {password: $p}) { errors { code } } }',
      { p: { password: 'sekrit-value' } },
    ],
    ['mutation($p: String!) { setPassword(input: {password: $p}) { errors { code } } }', { p: 73577357 }],
    ['mutation { setPassword(input: {password: 73577357}) { errors { code } } }', {}],
    ['mutation { setPassword(input: {password: {a: "sekrit-value"}}) { errors { code } } }', {}],
    ['query($n: Int) { users(first: $n) { nodes { id } } }', { n: 'sekrit-value' }],
    ['query($k: AuditKind) { auditEvents(kind: $k) { nodes { id } } }', { k: 'sekrit-value' }],
    ['query($k: AuditKind) { auditEvents(kind: $k) { nodes { id } } }', { k: { a: 'sekrit-value' } }],
    ['{ auditEvents(kind: "sekrit-value") { nodes { id } } }', {}],
    [
      'mutation($a: JSONObject) { createUser(input: {username: "x", attributes: $a}) { errors { code } } }',
      { a: 'sekrit-value' },
    ],
    ['mutation { setPassword(input: {password: "a" "sekrit-value"}) { errors { code } } }', {}],
  ])('no error repeats a value: %s with %j', async (query, variables) => {
    const response = await json({ query, variables });
    await expectRefused(response, 400);
    expect(JSON.stringify(response.body)).not.toMatch(/sekrit-value|73577357/);
  });

  it('errors of a payload that the document does not select are top-level errors as well', async () => {
    const create = (selection: string) =>
      json({ query: `mutation { a: createGroup(input: {name: ""}) { ${selection} } } ${FRAGMENT}` });
    const FRAGMENT = 'fragment E on CreateGroupPayload { errors { code } }';
    const { status, body } = await json({ query: 'mutation { a: createGroup(input: {name: ""}) { group { id } } }' });
    expect(status).toBe(200);
    expect(body.data).toEqual({ a: { group: null } });
    expect(body.errors).toMatchObject([{ path: ['a'], extensions: { code: 'BAD_USER_INPUT', field: ['name'] } }]);
    for (const selection of ['errors { code } ...E', '...E', '... { errors { message } } ...E'])
      expect((await create(selection)).body.errors).toBeUndefined();
  });
});
