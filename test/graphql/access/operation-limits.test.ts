import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectCleanResponse } from '../../support/invariants.ts';
import { sharedServer, type TestServer } from '../../support/server.ts';
import { rowCounts } from '../row-counts.ts';
import { countStatements } from '../statements.ts';

let server: TestServer;
let token: string;
beforeAll(async () => {
  server = await sharedServer();
  token = await server.accessToken({ user: await server.user({ superuser: true }) });
});
afterAll(() => server?.close());

async function expectRefused(document: string, message: RegExp, variables?: Record<string, unknown>): Promise<void> {
  let response = await server.graphql(document, token, variables);
  const statements = await countStatements(server.database, async () => {
    response = await server.graphql(document, token, variables);
  });
  expectCleanResponse(response, response.body);
  expect(response.status).toBe(400);
  expect(response.body).not.toHaveProperty('data');
  expect(response.body.errors[0].message).toMatch(message);
  // Only the token was looked up, so no resolver ran.
  expect(statements).toBe(1);
}

const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, at) => `a${at}: ${field}`).join(' ');

describe('Limits of one operation', () => {
  it('K193 an operation may be nested 8 levels deep, but not 9', async () => {
    const eight =
      '{ viewer { groups { nodes { members(first: 5) { nodes { groups(first: 5) { nodes { id } } } } } } } }';
    const nine =
      '{ viewer { groups { nodes { members(first: 5) { edges { node { groups(first: 5) { nodes { id } } } } } } } } }';
    expect((await server.graphql(eight, token)).status).toBe(200);
    await expectRefused(nine, /nested more than 8 levels/);
  });

  it('K194 the limits count a fragment each time it is spread', async () => {
    const shallow =
      'fragment __schema on User { groups(first: 1) { nodes { members(first: 1) { nodes { groups(first: 1) { nodes { id } } } } } } }';
    await expectRefused(
      `{ viewer { sub } users(first: 1) { edges { node { ...__schema } } } } ${shallow}`,
      /nested more than 8 levels/,
    );
    const twice = `fragment Many on Query { ${aliases(8, 'viewer { sub }')} }`;
    await expectRefused(`{ ...Many ... { ...Many } } ${twice}`, /more than 15 aliases/);
    expect((await server.graphql(`{ ...Many } ${twice}`, token)).status).toBe(200);
  });

  it('K196 a document may have at most 1000 tokens', async () => {
    await expectRefused(`{ ${'viewer { sub } '.repeat(300)} }`, /Document contains more tha[nt] 1000 tokens/);
    await expectRefused('{a'.repeat(3000), /1000 tokens/);
  });

  it('a document may have at most 1000 comments, and names of at most 100 characters', async () => {
    await expectRefused(`{ viewer { sub } }${'#\n'.repeat(1001)}`, /more than 1000 comments/);
    const long = 'A'.repeat(101);
    for (const document of [
      `{ users { nodes { ${long}: id } } }`,
      `query ${long} { ${'node(id: $id) { id } '.repeat(50)} }`,
      `query ($${long}: ID!) { node(id: $${long}) { id } }`,
    ])
      await expectRefused(document, /name of more than 100 characters/);
    expect((await server.graphql(`query ${long.slice(1)} { viewer { sub } }`, token)).status).toBe(200);
  });

  it('K197 an operation may have at most 15 aliases', async () => {
    expect((await server.graphql(`{ ${aliases(15, 'viewer { sub }')} }`, token)).status).toBe(200);
    await expectRefused(`{ ${aliases(16, 'viewer { sub }')} }`, /more than 15 aliases/);
    const before = await rowCounts(server.database);
    await expectRefused(
      `mutation { ${aliases(100, 'rotateClientSecret(input: {clientId: "x"}) { clientSecret }')} }`,
      /more than 15 aliases|1000 tokens/,
    );
    expect(await rowCounts(server.database)).toEqual(before);
  });

  it('an operation may have at most 10 directives', async () => {
    await expectRefused(`{ viewer { ${'sub @include(if: true) '.repeat(11)} } }`, /more than 10 directives/);
  });

  it('K199 fragments that spread each other twice are refused quickly', async () => {
    const chain = Array.from({ length: 40 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`);
    const document = `{ ...F0 } ${chain.join(' ')} fragment F40 on Query { viewer { sub } }`;
    const started = process.hrtime.bigint();
    await expectRefused(document, /costs more than 4000 objects/);
    const skipped = document.replaceAll('viewer { sub }', 'viewer @skip(if: true) { sub } scopes { name }');
    await expectRefused(skipped, /costs more than 4000 objects|directives/);
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(4000);
  });

  it('K200 circular or undefined fragments, ambiguous operations and unknown names are refused', async () => {
    await expectRefused('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', /Cannot spread fragment/);
    await expectRefused('{ ...Nowhere }', /Unknown fragment/);
    await expectRefused('query A { viewer { sub } } query B { viewer { sub } }', /operation/);
    await expectRefused('query A { viewer { sub } } '.repeat(1000), /1000 tokens/);
    await expectRefused('fragment A on Query { viewer { sub } }', /./);
    await expectRefused('subscription { viewer { sub } }', /./);
  });

  it('K205 errors suggest names of the schema to those who may read it', async () => {
    for (const [document, name] of [
      ['{ usr { id } }', 'user'],
      ['{ viewer { usernam } }', 'username'],
      ['mutation { createUser(input: {username: "x", firstNam: "y"}) { errors { code } } }', 'firstName'],
    ] as const) {
      const response = await server.graphql(document, token);
      expect(response.body.errors[0].message).toMatch(/Did you mean/);
      expect(response.body.errors[0].message).toContain(`"${name}"`);
      const anonymous = await server.graphql(document);
      expect(anonymous.status).toBe(401);
      expect(JSON.stringify(anonymous.body)).not.toMatch(/did you mean/i);
    }
  });

  it('K215 unusual numbers and ids are refused or find nothing', async () => {
    for (const first of ['2147483648', '1e400', '"NaN"', '1.5', '-2147483649']) {
      const { status, body } = await server.graphql(`{ users(first: ${first}) { nodes { id } } }`, token);
      expect(status).toBe(400);
      expect(body).not.toHaveProperty('data');
    }
    for (const first of [2 ** 31, 'x', 1.5, true, [1], {}]) {
      const response = await server.graphql('query($n: Int) { users(first: $n) { nodes { id } } }', token, {
        n: first,
      });
      expect(response.status).toBe(400);
      expect(response.body.errors[0].extensions.code).toMatch(/^BAD_/);
    }
    for (const first of [0, -1, 101]) {
      const { status, body } = await server.graphql(`{ users(first: ${first}) { nodes { id } } }`, token);
      expect(status).toBe(200);
      expect(body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    }
    for (const id of [
      '1 OR 1=1',
      'x'.repeat(10_000),
      'usr_',
      'usr_AAAAAAAAAAAAAAAAAAAAAAAAAA',
      "'; DROP TABLE users; --",
      '',
    ]) {
      const response = await server.graphql(
        'query($id: ID!) { user(id: $id) { id } group(id: $id) { id } node(id: $id) { id } }',
        token,
        { id },
      );
      expect(response).toMatchObject({ status: 200, body: { data: { user: null, group: null, node: null } } });
    }
  });
});
